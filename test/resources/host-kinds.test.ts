import { describe, expect, test } from 'vitest'
import type { Answer } from '../../src/engine/answer.ts'
import { judge } from '../../src/engine/plan.ts'
import type { Fix, Resource } from '../../src/engine/resource.ts'
import { secret } from '../../src/engine/secret.ts'
import { shown } from '../../src/engine/sh.ts'
import { authorizedKeys } from '../../src/resources/authorized-keys.ts'
import { file } from '../../src/resources/file.ts'
import { freeSpace } from '../../src/resources/free-space.ts'
import { groupMember } from '../../src/resources/group-member.ts'
import { heldPackages, matches } from '../../src/resources/held-packages.ts'
import { noOtherDocker } from '../../src/resources/no-other-docker.ts'
import { packages } from '../../src/resources/packages.ts'
import { sshdSettings } from '../../src/resources/sshd-settings.ts'
import { swarm, swarmState } from '../../src/resources/swarm.ts'
import { onlyMembers, swarmMember } from '../../src/resources/swarm-member.ts'
import { sysctl } from '../../src/resources/sysctl.ts'
import { systemdUnit } from '../../src/resources/systemd-unit.ts'
import { onlyUsers, user } from '../../src/resources/user.ts'
import { sampleHost, sampleOrg } from '../steps/sample-org.ts'

const bee = sampleHost('bee')
const ant = sampleHost('ant', { role: 'worker', primaryAddress: '192.0.2.2' })
const answer = (text: string | undefined): Answer => (text === undefined ? { kind: 'none' } : { kind: 'text', text })

/** Every question is answered with the same text, but that for the directories above a file. */
const answers =
  (one: Resource, text: string | undefined) =>
  (_: unknown, question: unknown): Answer =>
    question === one.actual.directory && one.name.startsWith('file ') ? answer("root's alone") : answer(text)

/** What differs, as `key: from → to`, when every question is answered with the same text. */
function differences(one: Resource, text: string | undefined): readonly string[] {
  const verdict = judge(one, bee, answers(one, text))
  if (verdict.verdict !== 'to change') return []
  return Object.entries(verdict.changes).map(([key, change]) => `${key}: ${change?.from ?? 'none'} → ${change?.to}`)
}

/** The shell that repairs it, as a person sees it. */
function repair(one: Resource, text: string | undefined): string {
  const verdict = judge(one, bee, answers(one, text))
  return verdict.verdict === 'to change' ? words(one.fix(verdict.changes)) : ''
}

const words = (fix: Fix): string =>
  Array.isArray(fix)
    ? (fix as readonly Fix[]).map(words).join('\n')
    : typeof fix === 'object' && 'parts' in fix
      ? shown(fix)
      : typeof fix === 'object' && 'on' in fix
        ? `on ${fix.on.name}: ${shown(fix.sh)}`
        : ''

const HELLO = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'
const motd = file('/etc/motd', { content: 'hello' })

describe('file', () => {
  test.each([
    ['as wanted', `644 root:root\n${HELLO}  -`, []],
    ['mode', `600 root:root\n${HELLO}  -`, ['mode: 600 → 644']],
    ['owner', `644 bo:users\n${HELLO}  -`, ['owner: bo:users → root:root']],
    ['content', '644 root:root\nabc  -', [`content: abc → ${HELLO}`]],
    ['gone', undefined, [`content: none → ${HELLO}`, 'mode: none → 644', 'owner: none → root:root']],
  ])('%s', (_, text, wanted) => expect(differences(motd, text)).toEqual(wanted))

  test('a wrong mode does not write the file again', () =>
    expect(repair(motd, `600 root:root\n${HELLO}  -`)).toBe('chown -h -- root:root /etc/motd; chmod -- 644 /etc/motd'))

  test('a check gets the new file before it takes the old one’s place', () => {
    const text = repair(file('/etc/sudoers.d/x', { content: 'x', check: { parts: ['visudo -cqf'] } }), undefined)
    expect(text.indexOf('visudo -cqf "$temporary"')).toBeGreaterThan(0)
    expect(text.indexOf('visudo -cqf "$temporary"')).toBeLessThan(text.indexOf('mv -fT'))
  })

  test('a secret is never shown, kept aside or compared in the open', () => {
    const one = file('/etc/key', { content: secret('hush'), mode: '600' })
    expect(repair(one, undefined)).toContain('printf %s ‹secret›')
    expect(repair(one, undefined)).not.toContain('/var/lib/groundwork/replaced')
    expect(String(one.desired.content)).toBe('‹secret›')
    expect(one.show).toBeUndefined()
  })

  test('bytes that no shell word can carry go as base64', () =>
    expect(repair(file('/b', { content: Buffer.from([0, 255, 10]) }), undefined)).toContain(
      'printf %s AP8K | base64 -d',
    ))
})

describe('packages', () => {
  const dpkg =
    'less install ok-not 1\nless install installed 668-1\ndocker.io hold installed 26.1.5+dfsg1-9+b11\ncurl deinstall config-files 8'
  test.each<[string, Resource, readonly string[]]>([
    ['missing', packages('nftables'), ['nftables: none → installed']],
    ['removed', packages('curl'), ['curl: config-files → installed']],
    ['held', heldPackages(['docker.io'], '26.1*'), []],
    ['left its pattern', heldPackages(['docker.io'], '27*'), ['docker.io: 26.1.5+dfsg1-9+b11 held → 27* held']],
  ])('%s', (_, one, wanted) => expect(differences(one, dpkg)).toEqual(wanted))

  test('unheld', () =>
    expect(differences(heldPackages(['docker.io'], '26.1*'), 'docker.io install installed 26.1.5')).toEqual([
      'docker.io: 26.1* not held → 26.1* held',
    ]))

  test.each([
    ['26.1.5+dfsg1-9', '26.1*', true],
    ['26.10.5', '26.1.*', false],
    ['20.10.24+dfsg1-1', '20x10*', false],
    ['1:2.0', '2.0', false],
  ])('%s is of %s: %s', (version, pattern, wanted) => expect(matches(version, pattern)).toBe(wanted))

  test('Docker from elsewhere is told, never removed', () => {
    const text = repair(noOtherDocker(), 'docker-ce install installed 29.0')
    expect(text).toContain('apt-get purge docker-ce')
    expect(text).toMatch(/exit 1$/)
  })
})

describe('systemd unit', () => {
  const state = (active: string, enabled: string, reload = 'no') =>
    `LoadState=loaded\nActiveState=${active}\nUnitFileState=${enabled}\nNeedDaemonReload=${reload}\nExecMainStartTimestamp=Tue 2026-11-24 03:33:07.058598 UTC`
  const unit = systemdUnit('docker', { restartAfter: ['/etc/docker/daemon.json'] })
  const written = (time: number) => `${state('active', 'enabled')}\n${time.toFixed(6)} /etc/docker/daemon.json`
  const started = Date.parse('2026-11-24T03:33:07Z') / 1000
  test.each<[string, string, readonly string[], string]>([
    ['well', written(started), [], ''],
    ['stopped', state('inactive', 'enabled'), ['ActiveState: inactive → active'], 'systemctl start docker'],
    ['disabled', state('active', 'disabled'), ['UnitFileState: disabled → enabled'], 'systemctl enable --quiet docker'],
    ['masked', state('active', 'masked'), ['UnitFileState: masked → enabled'], 'systemctl unmask --quiet docker'],
    [
      'file changed under it',
      state('active', 'enabled', 'yes'),
      ['NeedDaemonReload: yes → no'],
      'systemctl daemon-reload',
    ],
    [
      'older than its file',
      written(started + 0.0586),
      ['restart: needed: /etc/docker/daemon.json is newer → not needed'],
      'systemctl restart docker',
    ],
  ])('%s', (_, text, wanted, fix) => {
    expect(differences(unit, text)).toEqual(wanted)
    expect(repair(unit, text)).toContain(fix)
  })

  test('it restarts with the file that is about to change, and not for its mode', () => {
    const one = systemdUnit('x', { restartAfter: [motd] })
    const key = 'restart after file /etc/motd'
    const said = (text: string) => differences(one, `${state('active', 'enabled')}\n${text}`)
    const probe = one.actual[key]
    const read = typeof probe === 'object' && 'read' in probe ? probe.read : undefined
    expect(read?.(`600 root:root\n${HELLO}  -`)).toBe('not needed')
    expect(read?.('644 root:root\nabc  -')).toBe('needed')
    expect(said('')).toContain(`${key}: needed → not needed`)
  })
})

describe('accounts', () => {
  const ana = user('ana')
  const keys = authorizedKeys('ana', ['ssh-ed25519 AAAAC3Nza ana@laptop'])
  test.each<[string, Resource, string | undefined, readonly string[]]>([
    ['gone', ana, 'anabel:x:1::/:', ['account: none → there', 'shell: none → lets in', 'expires: none → never']],
    ['expired', ana, 'ana:1:::::/bin/zsh', [expect.stringMatching(/^expires: day 1.* → never$/)]],
    ['shut out', ana, 'ana::::::/usr/sbin/nologin', ['shell: /usr/sbin/nologin → lets in', expect.any(String)]],
    ['left', onlyUsers(['ana']), 'ana\ncarl', ['left: carl → none']],
    ['nobody left', onlyUsers(['ana']), '', []],
    ['no member', groupMember('docker', 'ana'), 'docker:x:99:bo,anabel', ['member: no → yes']],
    ['member', groupMember('docker', 'ana'), 'docker:x:99:bo,ana', []],
    ['key there, with another comment', keys, '700 ana\n600 ana\nssh-ed25519 AAAAC3Nza else', []],
    [
      'key restricted by somebody',
      keys,
      '700 ana\n600 ana\ncommand="x" ssh-ed25519 AAAAC3Nza ana@laptop',
      ['ana@laptop …AAAC3Nza: none → there'],
    ],
    ['open to others', keys, '777 ana\n600 ana\nssh-ed25519 AAAAC3Nza', ['directory: 777 ana → 700 ana']],
    ['no file', keys, '700 ana\nnone', ['ana@laptop …AAAC3Nza: none → there', 'file: none → 600 ana']],
  ])('%s', (_, one, text, wanted) => expect(differences(one, text)).toEqual(wanted))
})

describe('settings', () => {
  test.each<[string, Resource, string, readonly string[]]>([
    [
      'tabs are spaces',
      sysctl({ 'net.ipv4.ip_local_port_range': '1024 65535' }),
      'net.ipv4.ip_local_port_range = 1024\t65535',
      [],
    ],
    ['other value', sysctl({ 'net.a': '1' }), 'net.ab = 1\nnet.a = 2', ['net.a: 2 → 1']],
    ['sshd listens twice', sshdSettings({ Port: '22' }, '/d/x'), 'port 22\nport 2222\nportx 3', ['port: 22 2222 → 22']],
    [
      'root by key',
      sshdSettings({ PermitRootLogin: 'prohibit-password' }, '/d/x'),
      'permitrootlogin without-password',
      [],
    ],
    ['room', freeSpace('/var', { MiB: 100, inodes: 5 }), '25600 4096 10 5', []],
    [
      'no room',
      freeSpace('/var', { MiB: 100, inodes: 5 }),
      '25599 4096 10 4',
      ['bytes: 99 MiB → at least 100 MiB', 'inodes: 4 → at least 5'],
    ],
    ['btrfs counts no inodes', freeSpace('/var', { MiB: 100, inodes: 5 }), '25600 4096 0 0', []],
  ])('%s', (_, one, text, wanted) => expect(differences(one, text)).toEqual(wanted))
})

describe('swarm', () => {
  const told = (more: object, recorded = 'abc', address = '192.0.2.1/24') =>
    `${JSON.stringify({ LocalNodeState: 'active', NodeAddr: '192.0.2.1', ControlAvailable: true, Error: '', RemoteManagers: [{ Addr: '192.0.2.1:2377' }], Cluster: { ID: 'abc', Spec: { Orchestration: { TaskHistoryRetentionLimit: 4 }, EncryptionConfig: { AutoLockManagers: false } } }, ...more })}\n${recorded}\n127.0.0.1/8\n${address}`
  const leader = swarm({ address: '192.0.2.1', pools: ['10.201.0.0/16'] })
  test.each<[string, string, string, RegExp]>([
    ['ours', told({}), 'ours', /^$/],
    [
      'none',
      told({ LocalNodeState: 'inactive', Cluster: null }),
      'none',
      /docker swarm init --advertise-addr 192\.0\.2\.1 /,
    ],
    ['cut behind its start', told({}, 'starting'), 'ours, not recorded', /^docker info .*\/swarm/],
    ['foreign', told({}, 'xyz'), 'foreign: groundwork did not start it (abc)', /swarm leave --force'.* >&2; exit 1$/s],
    ['foreign worker', told({ ControlAvailable: false }), 'foreign: this host is a worker in it', /exit 1$/],
    ['locked', told({ LocalNodeState: 'locked' }), 'locked', /docker swarm unlock' >&2; exit 1$/],
    ['quorum', told({ Cluster: null, Error: 'no leader' }), 'without quorum: no leader', /exit 1$/],
    ['broken', told({ LocalNodeState: 'error', Error: 'raft' }), 'broken: raft', /exit 1$/],
    ['moved', told({}, 'abc', '192.0.2.9/24'), 'on an address that this host no longer has: 192.0.2.1', /exit 1$/],
  ])('%s', (_, text, state, fix) => {
    expect(swarmState(text)).toBe(state)
    expect(repair(leader, text).trim()).toMatch(fix)
  })

  const nodes = (...rows: readonly string[]) => rows.join('\n')
  const membership = (local: string | undefined, listed: string | undefined) => {
    const verdict = judge(swarmMember(ant, bee), ant, (_, question) =>
      answer(typeof question === 'object' && 'on' in question ? listed : local),
    )
    return verdict.verdict === 'to change' ? words(swarmMember(ant, bee).fix(verdict.changes)) : ''
  }
  test.each<[string, string | undefined, string | undefined, RegExp]>([
    [
      'member',
      told({}),
      nodes(
        '1 192.0.2.1 bee ready manager active {"groundwork.org":"mle"}',
        '2 192.0.2.2 ant ready worker active {"groundwork.org":"mle"}',
      ),
      /^$/,
    ],
    [
      'new',
      told({ LocalNodeState: 'inactive' }),
      '1 192.0.2.1 bee ready manager active {"groundwork.org":"mle"}',
      /^\s*on bee: .*node rm --force.*\n\s*printf [^\n]*JoinToken/s,
    ],
    [
      'forgotten by the manager',
      told({}),
      '1 192.0.2.1 bee ready manager active {"groundwork.org":"mle"}',
      /^docker swarm leave --force/,
    ],
    [
      'drained',
      told({}),
      '2 192.0.2.2 ant ready worker drain {"groundwork.org":"mle"}',
      /^on bee: docker node update --availability active "\$\(docker node inspect/m,
    ],
    [
      'became a worker',
      told({}),
      '2 192.0.2.2 ant ready manager active {"groundwork.org":"mle"}',
      /^on bee: docker node demote "\$\(docker node inspect/m,
    ],
    ['in another swarm', told({ RemoteManagers: [{ Addr: '203.0.113.5:2377' }] }), '', /203\.0\.113\.5.*exit 1$/s],
  ])('%s', (_, local, listed, fix) => expect(membership(local, listed)).toMatch(fix))

  test.each<[string, string, readonly string[]]>([
    [
      'left the inventory',
      nodes(
        '1 192.0.2.1 bee ready manager active {"groundwork.org":"mle"}',
        '3 192.0.2.9 cat down worker active {"groundwork.org":"mle"}',
      ),
      ['left: cat 3 → none'],
    ],
    ['somebody else’s', '3 192.0.2.9 cat ready worker active {}', []],
    [
      'made anew',
      nodes(
        '2 192.0.2.2 ant down worker active {"groundwork.org":"mle"}',
        '4 192.0.2.2 ant ready worker active {"groundwork.org":"mle"}',
      ),
      ['left: ant 2 → none'],
    ],
    ['renamed by hand', '2 192.0.2.2 other ready worker active {"groundwork.org":"mle"}', []],
    ['only away', '2 192.0.2.2 ant down worker active {"groundwork.org":"mle"}', []],
    ['no swarm yet', '', []],
  ])('%s', (_, text, wanted) => expect(differences(onlyMembers(sampleOrg([bee, ant])), text)).toEqual(wanted))
})
