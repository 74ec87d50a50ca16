import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newKeyPair } from '../../src/engine/key-pair.ts'
import { leadingHere } from '../lab/digitalocean/leading-here.ts'
import { type StandIn, startDigitalOcean } from '../lab/digitalocean/server.ts'
import { firstBoot } from '../lab/first-boot.ts'
import { groundwork } from '../lab/groundwork.ts'
import { type Hostile, sshServer } from '../lab/hostile-server.ts'
import { type Sandbox, sandbox } from '../lab/sandbox.ts'
import { type Tap, tap } from '../lab/tap.ts'
import { chance, part } from './chance.ts'

const ORG = 'unborn'
const inventory = `
organization: ${ORG}
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: bee, provider: sandbox, role: manager, labels: { role: storage } }]
`
const INSTANTS = part(3, 50)

/** What is known of the host here, by which the next run must get in. */
interface Known {
  readonly oneTimeKey?: string
  readonly nextKey?: string
  readonly locked?: string
}

// A droplet of the API's stand-in whose machine is a real host: it boots with its user data, and answers behind a tap.
describe('a run that is killed anywhere between making a droplet and its own key', () => {
  let box: Sandbox
  let account: StandIn
  let here: { readonly url: string; readonly close: () => void }
  let way: Tap
  let between: Required<Hostile>
  let address = ''
  let isOver = false
  const booted = new Set<number>()
  const random = chance('unborn')

  beforeAll(async () => {
    box = sandbox(ORG, inventory)
    await box.upTo('ready')
    address = await box.address('bee')
    account = await startDigitalOcean()
    here = await leadingHere(account)
    way = await tap()
    between = await sshServer({ hostKeys: [newKeyPair('in between').private.reveal()] })
    write()
    void bootWhatIsMade()
  })
  afterAll(async () => {
    isOver = true
    here.close()
    account.close()
    way.close()
    await between.close()
    await box.down()
  })

  const bootWhatIsMade = async () => {
    while (!isOver) {
      await later(20)
      for (const { id, userData } of [...account.account.droplets.values()]) {
        if (booted.has(id)) continue
        await box.sh('bee', firstBoot(userData))
        booted.add(id)
        way.leadTo({ host: address, port: 22 })
      }
    }
  }

  const file = () => join(box.state, 'droplets.yaml')
  const write = () => {
    const identity = join(box.state, 'groundwork', ORG, 'id_ed25519')
    writeFileSync(
      file(),
      `organization: ${ORG}
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: ["${readFileSync(`${identity}.pub`, 'utf8').trim()}"] }]
hosts: [{ name: bee, provider: digitalocean, region: nyc3, size: s-2vcpu-4gb, role: manager, labels: { role: storage }, port: ${way.port}, identity: ${identity} }]
ssh: { port: ${way.port} }
access: { profile: public, domain: example.org }
digitalocean: { token: { env: DO_TOKEN } }
`,
    )
  }
  const env = () => ({
    XDG_STATE_HOME: box.state,
    DIGITALOCEAN_API_URL: here.url,
    DO_TOKEN: account.token,
    SSH_AUTH_SOCK: '',
  })
  const run = async (...words: string[]) => {
    const { exit, out, err } = await groundwork([...words, '--inventory', file()], env())
    return { exit, out: out + err }
  }
  // The whole command would install Docker behind it; these two are its beginning.
  const PARTS = ['cloud', 'ready'] as const
  const toTheEnd = async () => {
    for (const only of PARTS) {
      const { exit, out } = await run('--only', only)
      expect(exit, out).toBe(0)
    }
  }
  const killedAfter = (milliseconds: number): Promise<void> => {
    const words = PARTS.map((only) => `"$0" bin/groundwork.mjs --only ${only} --inventory "$1"`).join(' && ')
    const child = spawn('sh', ['-c', words, process.execPath, file()], {
      env: { ...process.env, ...env() },
      stdio: 'ignore',
      detached: true,
    })
    const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
    const timer = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), milliseconds)
    return ended.finally(() => clearTimeout(timer))
  }

  const record = () => join(box.state, 'groundwork', ORG, 'first-contact', 'bee.json')
  const lockFile = () => join(box.state, `${ORG}.lock.yaml`)
  const known = (): Known => {
    const locked = existsSync(lockFile()) && /hostKey: (\S+)/.exec(readFileSync(lockFile(), 'utf8'))?.[1]
    return {
      ...(existsSync(record()) ? JSON.parse(readFileSync(record(), 'utf8')) : {}),
      ...(locked && { locked }),
    }
  }
  const shown = (): readonly string[] => {
    const { stdout } = spawnSync('ssh-keyscan', ['-t', 'ed25519,ecdsa,rsa', address], { encoding: 'utf8' })
    const lines = execFileSync('ssh-keygen', ['-lf', '-'], { input: stdout, encoding: 'utf8' })
    return [...lines.matchAll(/SHA256:[A-Za-z0-9+/]{43}/g)].map(([found]) => found)
  }
  const droplets = () => [...account.account.droplets.values()]
  /** Nothing was made yet. The host forgets by its next boot. */
  const fromNothing = () => {
    account.account.droplets.clear()
    way.leadTo(undefined)
    for (const path of [record(), lockFile()]) rmSync(path, { force: true })
  }
  const untilBooted = async () => {
    // What was asked of the API when the run was killed may still be under way.
    await later(100)
    for (let tries = 0; tries < 3000 && droplets().some(({ id }) => !booted.has(id)); tries++) await later(20)
  }
  const isWhole = (usedKeys: readonly (string | undefined)[]) => {
    const { oneTimeKey, nextKey, locked } = known()
    expect({ oneTimeKey, nextKey }).toEqual({ oneTimeKey: undefined, nextKey: undefined })
    expect(shown()).toEqual([locked])
    expect(usedKeys).not.toContain(locked)
    expect(droplets()).toHaveLength(1)
  }

  test(`${INSTANTS} instants`, { timeout: 3_600_000 }, async () => {
    fromNothing()
    const started = performance.now()
    await toTheEnd()
    const whole = performance.now() - started
    isWhole([])
    for (let number = 0; number < INSTANTS; number++) {
      const milliseconds = Math.round(((number + random()) / INSTANTS) * whole)
      fromNothing()
      await killedAfter(milliseconds)
      await untilBooted()
      const before = known()
      const stage = !droplets().length
        ? 'nothing made'
        : before.locked
          ? 'its own key stands in the lock file'
          : before.nextKey
            ? 'its own key is made'
            : 'made, with the used key'
      console.log(`${number + 1} of ${INSTANTS}: killed after ${milliseconds} of ${Math.round(whole)} ms: ${stage}`)
      // Nobody has to be believed: what it shows is known.
      if (droplets().length)
        expect(
          Object.values(before).some((key) => shown().includes(key)),
          stage,
        ).toBe(true)
      if (number % 2) {
        way.leadTo({ host: '127.0.0.1', port: between.port })
        const { exit, out } = await run('--plan')
        expect(exit, out).toBe(droplets().length ? 1 : 2)
        expect(way.tapped().encryptedBytes).toBe(0)
        expect(between.logins()).toBe(0)
        way.leadTo(droplets().length ? { host: address, port: 22 } : undefined)
      }
      await toTheEnd()
      isWhole([before.oneTimeKey])
    }
  })

  test('this machine loses what it remembers in between: it is told, and a compared key is for first contact alone', async () => {
    fromNothing()
    expect((await run('--only', 'cloud')).exit).toBe(0)
    await untilBooted()
    const { oneTimeKey = '' } = known()
    rmSync(record())
    const told = await run()
    expect(told.exit).toBe(1)
    expect(told.out).toContain('Nobody here knows the key of bee')
    const pinned = await run('repin', 'bee', '--key', oneTimeKey, '--reason', 'the laptop was stolen')
    expect(pinned.exit, pinned.out).toBe(0)
    await toTheEnd()
    isWhole([oneTimeKey])
  })
})
