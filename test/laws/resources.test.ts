import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Placed } from '../../src/engine/placed.ts'
import { placedList } from '../../src/engine/placed.ts'
import { judge, questionOf } from '../../src/engine/plan.ts'
import { changeEvent } from '../../src/engine/plan-report.ts'
import type { Changes, Fix, Resource } from '../../src/engine/resource.ts'
import { Secret } from '../../src/engine/secret.ts'
import { running, type Sh, shown } from '../../src/engine/sh.ts'
import type { Host, Org } from '../../src/inventory/org.ts'
import { readInventory } from '../../src/inventory/read.ts'
import { steps } from '../../src/steps/index.ts'

const KEY = 'YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU'
const facts = { distribution: 'debian', codename: 'trixie', architecture: 'amd64', memoryMiB: 1024, cores: 2 }

const droplet = {
  token: { env: 'DIGITALOCEAN_TOKEN', file: undefined, command: undefined },
  region: 'nyc3',
  size: 's-2vcpu-4gb',
  monitoring: true,
  backups: false,
  tags: [],
  reservedIp: false,
  volumes: [
    { name: 'data', sizeGiB: 50, at: '/mnt/data', directories: [{ path: 'postgres', owner: '999:999', mode: '700' }] },
  ],
}

const tailscale = {
  authKey: { env: 'TAILSCALE_AUTH_KEY', file: undefined, command: undefined },
  apiKey: undefined,
  oauth: undefined,
  binaries: undefined,
  source: 'repository' as const,
  repository: { url: 'https://pkgs.tailscale.com/stable', fingerprint: '0'.repeat(40) },
  loginServer: 'https://controlplane.tailscale.com',
  tags: ['tag:server'],
  acceptDns: false,
  acceptRoutes: false,
  advertiseRoutes: ['10.20.0.0/16'],
  ssh: false,
  sshOver: false,
}

// The sandbox, and every key of the example: on both releases, with root and without, with a kernel of their own and with a shared one.
const organizations = ['inventories/sandbox.yaml', 'inventories/example.yaml'].map((file): Org => {
  const read = readInventory(file)
  const hosts = read.hosts.map((host, index) => ({
    ...host,
    ...facts,
    codename: index % 2 ? 'bookworm' : 'trixie',
    primaryAddress: `192.0.2.${index + 1}`,
    sharesKernel: host.provider === 'sandbox',
    ...(index === 0 && { droplet }),
  })) as Host[]
  return { ...read, platform: 'demo', hosts, tailscale, key: new Secret(KEY) }
})

const everything: readonly Placed[] = organizations.flatMap((org) =>
  placedList({ org, steps: steps(org), hosts: org.hosts, only: undefined }),
)

const texts = (fix: Fix): readonly Sh[] => {
  if (typeof fix === 'function') return []
  if (Array.isArray(fix)) return (fix as readonly Fix[]).flatMap(texts)
  const one = fix as Exclude<Fix, readonly Fix[] | ((signal: AbortSignal) => Promise<void>)>
  if ('stream' in one) return [one.stream.read, one.stream.write]
  return 'on' in one ? [one.sh] : [one]
}

/** Each key alone, gone or other; and all of them. */
const allChanges = ({ desired }: Resource): readonly Changes[] => {
  const gone = Object.fromEntries(Object.entries(desired).map(([key, to]) => [key, { from: undefined, to }]))
  const other = Object.entries(desired).map(([key, to]) => ({ [key]: { from: 'something', to } }))
  return [gone, ...other]
}

const fixesOf = (resource: Resource): readonly Sh[] =>
  allChanges(resource).flatMap((changes) => texts(resource.fix(changes)))

const probesOf = (resource: Resource): readonly Sh[] =>
  Object.values(resource.actual)
    .map(questionOf)
    .flatMap((question) => (typeof question === 'function' ? [] : ['on' in question ? question.sh : question]))

/** What dash says of a text's syntax; nothing where it is right. */
const syntax = (text: string): string =>
  spawnSync('dash', ['-n'], { input: `f() {\n( ${text}\n)\n}\n`, encoding: 'utf8' }).stderr

const secretsIn = (text: Sh): readonly string[] =>
  text.parts
    .flatMap((part) => (part instanceof Secret ? [part.reveal()] : []))
    .filter((value) => value.trim().length > 5)

test('the law sees a syntax error, in a here-document’s neighbour too', () => {
  expect(syntax('if true; then echo')).not.toBe('')
  expect(syntax("cat <<'X'\nfi\nX")).toBe('')
})

describe('every resource of every step', () => {
  test('is one of many', () => expect(everything.length).toBeGreaterThan(200))

  test('has probes that sh accepts', { timeout: 60_000 }, () => {
    const all = new Set(everything.flatMap(({ resource }) => probesOf(resource)).map((probe) => running(probe)))
    expect([...all].map(syntax).join('')).toBe('')
  })

  test('has fixes that sh accepts', { timeout: 60_000 }, () => {
    const all = new Set(
      everything.flatMap(({ resource }) => fixesOf(resource)).map((fix) => running(fix, () => 'word')),
    )
    expect([...all].map(syntax).join('')).toBe('')
    expect([...all].filter((text) => /\bundefined\b|\[object Object\]|\bNaN\b/.test(text))).toEqual([])
  })

  test('has probes for what it desires, and for nothing else', () => {
    for (const { resource } of everything)
      expect(Object.keys(resource.actual).sort(), resource.name).toEqual(Object.keys(resource.desired).sort())
  })

  test('has a name that is its own on its host', () => {
    for (const org of organizations) {
      const names = placedList({ org, steps: steps(org), hosts: org.hosts, only: undefined }).map(
        ({ host, resource }) => `${host.name} › ${resource.name}`,
      )
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
    }
  })

  test('is in sync where the answers are the desired ones', () => {
    const plain = everything.filter(({ resource }) =>
      Object.values(resource.actual).every((probe) => !(typeof probe === 'object' && 'read' in probe)),
    )
    expect(plain.length).toBeGreaterThan(10)
    for (const { resource, host } of plain) {
      const wanted = new Map(
        Object.entries(resource.actual).map(([key, probe]) => [questionOf(probe), resource.desired[key]]),
      )
      const answers = (_host: Host, question: unknown) => {
        const value = wanted.get(question as never)
        return { kind: 'text', text: value instanceof Secret ? value.reveal() : (value ?? '') } as const
      }
      expect(judge(resource, host, answers).verdict, resource.name).toBe('in sync')
    }
  })

  test('is planned, or has nothing to do, where there is none of it', () => {
    for (const { resource, host } of everything)
      expect(judge(resource, host, () => ({ kind: 'none' })).verdict, resource.name).not.toBe('unknown')
  })

  test('shows no secret', () => {
    const secrets = new Set([KEY, ...everything.flatMap(({ resource }) => fixesOf(resource)).flatMap(secretsIn)])
    expect(secrets.size).toBeGreaterThan(3)
    // Nor its hash: whoever sees it can try guesses.
    for (const secret of [...secrets]) secrets.add(createHash('sha256').update(secret).digest('hex'))
    for (const placed of everything) {
      const { resource } = placed
      const told = [
        resource.name,
        resource.interrupts,
        resource.destroys,
        resource.show?.wanted,
        ...fixesOf(resource).map(shown),
        ...probesOf(resource).map(shown),
        ...allChanges(resource).map((changes) => JSON.stringify(changeEvent('planned', placed, changes))),
      ].join('\n')
      for (const secret of secrets) expect(told.includes(secret), resource.name).toBe(false)
    }
  })
})
