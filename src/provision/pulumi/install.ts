import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Fault } from '../../engine/fault.ts'
import { PROVIDER, PULUMI, pulumiHome } from './installed.ts'
import { packagesMissing } from './words.ts'

/**
 * Fetches Pulumi and its provider from their vendor, at the pinned versions, into groundwork's cache; nobody's own Pulumi is touched.
 * @throws Fault where the vendor is not reached, or what came is not that version
 */
export async function install(note: (text: string) => void): Promise<void> {
  const root = pulumiHome()
  await mkdir(root, { recursive: true, mode: 0o700 })
  const { PulumiCommand } = await import('@pulumi/pulumi/automation/index.js').catch(packagesMissing)
  try {
    note(`pulumi ${PULUMI}, into ${join(root, 'bin')}`)
    // Of the libraries' own version, unless said.
    const { command } = await PulumiCommand.install({ root })
    note(`its provider for DigitalOcean ${PROVIDER}, into ${join(root, 'plugins')}`)
    await promisify(execFile)(command, ['plugin', 'install', 'resource', 'digitalocean', PROVIDER], {
      env: { ...process.env, PULUMI_HOME: root, PULUMI_SKIP_UPDATE_CHECK: 'true' },
    })
  } catch (error) {
    throw new Fault('Pulumi was not installed.', {
      at: root,
      because: (error as Error).message.slice(0, 2000),
      try: 'is https://get.pulumi.com reached from this machine? the same command tries again; or put pulumi and pulumi-resource-digitalocean on the PATH',
    })
  }
}
