import { spawnSync } from 'node:child_process'
import { createReadStream, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { programs } from '../../src/provision/pulumi/programs.ts'
import { pulumiLab } from './lab.ts'

// The rest of it, without the real programs: test/provision/pulumi/install.test.ts.
const lab = pulumiLab()

test('what pulumi install fetched from a mirror is the Pulumi that a run uses, with none on the PATH', async () => {
  const { run, say, droplets } = lab()
  const archives = mkdtempSync(join(tmpdir(), 'pulumi-archives-'))
  for (const { archive, command, inside } of programs()) {
    const files = join(archives, 'files', command)
    mkdirSync(join(files, inside), { recursive: true })
    mkdirSync(join(archives, archive, '..'), { recursive: true })
    const found = spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).stdout.trim()
    symlinkSync(found, join(files, inside, command))
    const words = ['-I', 'gzip -1', '-chf', join(archives, archive), '-C', files, inside || command]
    expect(spawnSync('tar', words).status).toBe(0)
  }
  const server = createServer(({ url }, response) => createReadStream(join(archives, url ?? '')).pipe(response))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const PULUMI_RELEASES_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const env = { PATH: '/usr/bin:/bin', PULUMI_RELEASES_URL, NO_PROXY: '127.0.0.1' }
  try {
    const missing = await run([], env)
    expect(missing.exit, missing.out + missing.err).toBe(64)
    const installed = await say(['pulumi', 'install'], env)
    expect(installed.exit, installed.out + installed.err).toBe(0)
    const made = await run([], env)
    expect(made.exit, made.out + made.err).toBe(0)
    expect(droplets()).toHaveLength(1)
  } finally {
    server.close()
    rmSync(archives, { recursive: true })
  }
})
