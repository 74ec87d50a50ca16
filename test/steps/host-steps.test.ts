import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { questionOf } from '../../src/engine/plan.ts'
import type { Fix, Resource, Step } from '../../src/engine/resource.ts'
import { running, type Sh, shown } from '../../src/engine/sh.ts'
import type { Host, Org } from '../../src/inventory/org.ts'
import { base, leftOut } from '../../src/steps/base.ts'
import { docker, dockerRuns } from '../../src/steps/docker.ts'
import { firewall } from '../../src/steps/firewall.ts'
import { ready } from '../../src/steps/ready.ts'
import { ssh } from '../../src/steps/ssh.ts'
import { swarmLeader } from '../../src/steps/swarm-leader.ts'
import { swarmMembers } from '../../src/steps/swarm-members.ts'
import { users } from '../../src/steps/users.ts'
import { sampleHost, sampleOrg } from './sample-org.ts'

const list: readonly Step[] = [ready, base, users, ssh, firewall, docker, dockerRuns, swarmLeader, swarmMembers]

const manager = sampleHost('bee')
const worker = sampleHost('ant', {
  role: 'worker',
  user: 'admin',
  codename: 'bookworm',
  primaryAddress: '192.0.2.2',
  memoryMiB: 8192,
})
const container = sampleHost('fly', { role: 'worker', primaryAddress: '192.0.2.3', sharesKernel: true })
const org = sampleOrg([manager, worker, container])

const resourcesOf = (host: Host, of: Org = org): readonly Resource[] =>
  list.flatMap((step) => (!step.hosts || step.hosts(of).includes(host) ? step.resources({ host, org: of }) : []))

const texts = (fix: Fix): readonly Sh[] =>
  Array.isArray(fix)
    ? (fix as readonly Fix[]).flatMap(texts)
    : typeof fix === 'object' && 'parts' in fix
      ? [fix]
      : typeof fix === 'object' && 'on' in fix
        ? [fix.sh]
        : []

const allFixes = (one: Resource, from: string | undefined): readonly Sh[] =>
  texts(one.fix(Object.fromEntries(Object.entries(one.desired).map(([key, to]) => [key, { from, to }]))))

describe.each([manager, worker, container])('the steps of $name', (host) => {
  test('every name is there once', () => {
    const names = resourcesOf(host).map(({ name }) => name)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  test('sh accepts every probe and every fix', () => {
    const scripts = resourcesOf(host).flatMap((one) => [
      ...Object.values(one.actual).flatMap((probe) => {
        const question = questionOf(probe)
        return typeof question === 'function' ? [] : ['on' in question ? question.sh : question]
      }),
      ...allFixes(one, undefined),
      ...allFixes(one, 'something else'),
      ...(one.settle ? [one.settle.because] : []),
      ...(one.show ? [one.show.old] : []),
    ])
    const unique = [...new Set(scripts.map((text) => running(text, () => 'an answer')))]
    expect(unique.length).toBeGreaterThan(60)
    for (const text of unique) {
      const { status, stderr } = spawnSync('sh', ['-n'], { input: `(\n${text}\n)`, encoding: 'utf8' })
      expect(status, `${stderr}\n${text}`).toBe(0)
    }
  })
})

const step = (of: Step, host: Host, inventory: Org = org): readonly Resource[] => of.resources({ host, org: inventory })
const find = (of: Step, host: Host, name: string, inventory: Org = org): Resource | undefined =>
  step(of, host, inventory).find((one) => one.name === name)
const written = (of: Step, host: Host, path: string, inventory: Org = org): string =>
  find(of, host, `file ${path}`, inventory)?.show?.wanted ?? ''

test('a host that shares its kernel has no swap, no clock and only the network settings, and says so', () => {
  const names = resourcesOf(container).map(({ name }) => name)
  expect(names).not.toContain('swap /swapfile')
  expect(names).not.toContain('clock')
  expect(find(base, container, 'kernel settings')?.desired).toEqual({ 'net.ipv4.tcp_keepalive_time': '600' })
  expect(leftOut(container, org)).toEqual([
    'shares the kernel of its machine; left out there: clock, swap, vm.overcommit_memory',
  ])
})

test.each([
  [manager, true],
  [worker, false],
])('swap is made where memory is small: $name', (host, there) => {
  expect(find(base, host, 'swap /swapfile') !== undefined).toBe(there)
})

test('the login account takes every key, and those of the account it was met as', () => {
  expect(Object.keys(find(users, worker, 'keys of admin')?.desired ?? {})).toEqual([
    'ana@laptop …AAAC3Nza',
    'ssh-ed25519 …AAAC3Nzb',
    'bo@desk …AAAB3Nzc',
    'directory',
    'file',
    'keys of root',
  ])
  expect(Object.keys(find(users, worker, 'keys of ana')?.desired ?? {})).toEqual([
    'ana@laptop …AAAC3Nza',
    'directory',
    'file',
  ])
})

test.each([
  [manager, 'prohibit-password', 'without-password'],
  [worker, 'no', 'no'],
])('root logs in by key only where it is the login account: $name', (host, line, effective) => {
  expect(written(ssh, host, '/etc/ssh/sshd_config.d/00-groundwork.conf')).toContain(`\nPermitRootLogin ${line}\n`)
  expect(find(ssh, host, 'sshd settings')?.desired.permitrootlogin).toBe(effective)
})

test('the firewall lets in what is declared, and members only from members', () => {
  const rules = written(firewall, manager, '/etc/nftables.d/groundwork.nft')
  expect(rules.match(/chain allowed \{([^}]|\}[^\n])*?\n {2}\}/)?.[0]).toBe(`chain allowed {
    meta l4proto { icmp, ipv6-icmp } accept
    udp dport { 68, 546 } accept
    tcp dport @ssh accept
    tcp dport { 80 } accept
    ip saddr 203.0.113.0/24 tcp dport 9100 accept
    ip6 saddr 2001:db8::/32 tcp dport 9100 accept
    udp dport 51820 accept
    ip saddr { 192.0.2.2, 192.0.2.3 } tcp dport { 2377, 7946 } accept
    ip saddr { 192.0.2.2, 192.0.2.3 } udp dport { 4789, 7946 } accept
    ip saddr { 192.0.2.2, 192.0.2.3 } meta l4proto esp accept
  }`)
  expect(written(firewall, manager, '/etc/nftables.d/groundwork.nft', sampleOrg([manager]))).not.toContain('2377')
})

test('what a provider tells of its droplet is closed to containers, and only there', () => {
  const rules = (host: Host) => written(firewall, host, '/etc/nftables.d/groundwork.nft')
  expect(rules({ ...manager, provider: 'digitalocean' })).toMatch(
    /chain forward \{\n.*policy accept;\n.*#.*\n {4}ip daddr 169\.254\.169\.254 reject with icmpx type admin-prohibited\n/,
  )
  expect(rules(manager)).not.toContain('169.254')
})

test("Docker's settings are ours, with the inventory's over them, away from the hosts' own addresses", () => {
  const near = sampleOrg([sampleHost('bee', { primaryAddress: '172.30.4.4' })])
  expect(JSON.parse(written(docker, manager, '/etc/docker/daemon.json'))).toEqual({
    'log-driver': 'json-file',
    'log-opts': { 'max-size': '10m', 'max-file': '3' },
    'live-restore': false,
    'default-address-pools': [{ base: '172.30.0.0/16', size: 24 }],
    'max-concurrent-downloads': 2,
  })
  expect(written(docker, manager, '/etc/docker/daemon.json', near)).toContain('172.31.0.0/16')
})

test.each([
  [manager, ['docker.io', 'docker-cli'], '26.1* held'],
  [worker, ['docker.io'], '20.10* held'],
])('Docker is held in its version: $name', (host, names, wanted) => {
  expect(find(docker, host, `held packages ${names.join(', ')}`)?.desired).toEqual(
    Object.fromEntries(names.map((name) => [name, wanted])),
  )
})

test('the join token is never shown', () => {
  const join = allFixes(find(swarmMembers, worker, 'swarm membership') as Resource, undefined).at(-1) as Sh
  expect(running(join, () => 'SWMTKN-1-abc')).toContain('192.0.2.2 192.0.2.1 SWMTKN-1-abc |')
  expect(shown(join)).toContain('192.0.2.2 192.0.2.1 ‹secret› |')
})
