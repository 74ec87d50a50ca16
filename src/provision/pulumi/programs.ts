import { join } from 'node:path'
import { PROVIDER, PULUMI } from './installed.ts'

/** Something that is fetched as one archive. */
export interface Program {
  readonly title: string
  readonly version: string
  /** Below the address of the releases. */
  readonly archive: string
  /** Its folder below Pulumi's home, in which `command` is. */
  readonly folder: string
  readonly command: string
  /** What makes it say its version. */
  readonly ask: string
  /** Folder of the archive that becomes `folder`; empty: the archive itself. */
  readonly inside: string
}

/** What the way pulumi needs on this machine, as the vendor's releases have it for this system. */
export function programs(): readonly Program[] {
  const { platform, arch } = process
  return [
    {
      title: 'pulumi',
      version: PULUMI,
      archive: `sdk/pulumi-v${PULUMI}-${platform}-${arch}.tar.gz`,
      folder: 'bin',
      command: 'pulumi',
      ask: 'version',
      inside: 'pulumi',
    },
    {
      title: 'its provider for DigitalOcean',
      version: PROVIDER,
      archive: `plugins/pulumi-resource-digitalocean-v${PROVIDER}-${platform}-${arch === 'x64' ? 'amd64' : arch}.tar.gz`,
      folder: join('plugins', `resource-digitalocean-v${PROVIDER}`),
      command: 'pulumi-resource-digitalocean',
      ask: '--version',
      inside: '',
    },
  ]
}
