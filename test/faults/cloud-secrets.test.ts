import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { type CloudLab, cloudTest } from '../lab/digitalocean/lab.ts'
import { startSpaces } from '../lab/digitalocean/spaces.ts'

vi.setConfig({ testTimeout: 600_000 })

/** Where a text is found in another, in any form in which it may have been written down. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const windows = Array.from({ length: Math.max(1, secret.length - 15) }, (_, at) => secret.slice(at, at + 16))
  // Base64 of the same bytes behind one or two others, without what those others change.
  const base64 = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(4, -4),
  )
  return [...windows, ...base64, bytes.toString('hex'), bytes.toString('hex').toUpperCase(), encodeURIComponent(secret)]
}

const found = (secret: string, text: string): boolean => formsOf(secret).some((form) => text.includes(form))

/** A run under strace: every program that is started, with all its arguments and its environment. */
async function traced(lab: CloudLab, env: Readonly<Record<string, string>>, ...words: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'secrets-'))
  const command = [process.execPath, 'bin/groundwork.mjs', '--inventory', lab.inventory, '--only', 'cloud', ...words]
  const options = ['-ff', '-v', '-qq', '-s', '1000000', '-e', 'trace=execve', '-o', join(directory, 'trace')]
  const child = spawn('strace', [...options, ...command], {
    env: {
      PATH: process.env.PATH,
      HOME: lab.folder,
      NO_COLOR: '1',
      XDG_STATE_HOME: lab.env.XDG_STATE_HOME,
      DIGITALOCEAN_API_URL: lab.at.url,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  const exit = await new Promise<number | null>((resolve) => child.on('close', resolve))
  const started = readdirSync(directory).flatMap((file) =>
    readFileSync(join(directory, file), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('execve(')),
  )
  rmSync(directory, { recursive: true })
  return { exit, said, started }
}

// Of an OpenSSH key in PEM: the part of its fourth line that is the seed, and nothing of the public half, which is no secret.
const privateKeyIn = (userData: string): string =>
  (/-----BEGIN [\s\S]+?-----END/.exec(userData)?.[0] ?? '').split('\n')[4]?.trim().slice(6, 46) ?? ''

describe.concurrent('the token, the private key of the first minutes, Spaces keys and passwords of databases are nowhere', () => {
  cloudTest.for([
    ['from a variable', '{ env: DO_TOKEN }'],
    ['from a file', '{ file: FILE }'],
    ['from a command', '{ command: cat FILE }'],
  ] as const)('a token %s', async ([, place], { lab }) => {
    const file = mkdtempSync(join(tmpdir(), 'token-'))
    writeFileSync(join(file, 'token'), lab.at.token, { mode: 0o600 })
    const spaces = await startSpaces()
    spaces.account = lab.at.account
    const inEnv: Readonly<Record<string, string>> = {
      DIGITALOCEAN_SPACES_URL: spaces.url,
      ...(place.includes('env') && { DO_TOKEN: lab.at.token }),
    }
    lab.write(1)
    const text = readFileSync(lab.inventory, 'utf8').replace(
      '{ env: DO_TOKEN }',
      `${place.replace('FILE', join(file, 'token'))}, spaces: { region: nyc3, buckets: [{ name: mle-backups }], keys: [{ name: files, buckets: { mle-backups: read } }] }, databases: [{ name: main, version: "15", size: db-s-1vcpu-2gb, region: nyc3, users: [sprocket] }]`,
    )
    writeFileSync(lab.inventory, text)
    // One that fails in the middle, one that makes all, one in each other form of its report.
    lab.at.expiresAfter = 9
    const runs = [await traced(lab, inEnv)]
    lab.at.expiresAfter = Number.POSITIVE_INFINITY
    for (const words of [['--json'], [], ['--plan']]) runs.push(await traced(lab, inEnv, ...words))
    rmSync(file, { recursive: true })
    spaces.close()
    expect(
      runs.map(({ exit }) => exit),
      runs.map(({ said }) => said).join('\n'),
    ).toEqual([1, 0, 0, 0])
    const [droplet] = lab.droplets()
    const key = privateKeyIn(droplet?.userData ?? '')
    expect(key.length).toBe(40)
    const secrets = [lab.at.token, key, ...lab.at.secrets]
    const [spacesKey] = lab.at.account.spacesKeys.values()
    const [cluster] = lab.at.account.clusters.values()
    for (const one of [spacesKey?.secret, cluster?.users.get('sprocket')]) expect(secrets).toContain(one)
    // The one file that keeps what the API tells once has that, and nothing else that is secret.
    const keptHere = join(lab.folder, 'state', 'groundwork', 'mle', 'spaces-keys')
    expect(statSync(keptHere).mode & 0o777).toBe(0o600)
    const kept = readFileSync(keptHere, 'utf8')
    expect(secrets.filter((one) => found(one, kept))).toEqual([spacesKey?.secret])
    for (const secret of secrets)
      for (const left of [...runs.map(({ said }) => said), ...lab.left()]) expect(found(secret, left)).toBe(false)
    expect(runs.flatMap(({ started }) => started).length).toBeGreaterThan(runs.length)
    for (const { started } of runs) {
      // The command itself was given the variable by whoever called it; what it starts does not have it.
      const [own, ...children] = [...started].sort(
        (one, other) => Number(other.includes('groundwork.mjs')) - Number(one.includes('groundwork.mjs')),
      )
      expect(own).toContain('groundwork.mjs')
      if (place.includes('env')) expect(found(lab.at.token, own ?? '')).toBe(true)
      for (const child of children)
        for (const secret of secrets) expect(found(secret, child), child.slice(0, 200)).toBe(false)
    }
  })

  test('a secret is found in every form that is looked for', () => {
    const secret = 'dop_v1_0f1e2d3c4b5a69788796a5b4c3d2e1f0'
    const planted = [
      secret,
      secret.slice(5, 25),
      Buffer.from(`x:${secret}`).toString('base64'),
      Buffer.from(secret).toString('hex'),
    ]
    for (const text of planted) expect(found(secret, `{"a":"${text}"}`)).toBe(true)
    expect(found(secret, 'dop_v1_')).toBe(false)
  })
})
