import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { secret } from '../../src/engine/secret.ts'
import { running, type Sh, sh, shown } from '../../src/engine/sh.ts'
import type { Host, Org } from '../../src/inventory/org.ts'
import { dockerNetwork } from '../../src/resources/docker-network.ts'
import { dataDirectory, dockerVolume } from '../../src/resources/docker-volume.ts'
import { shortHash } from '../../src/resources/hash.ts'
import { largePackets } from '../../src/resources/large-packets.ts'
import { nodeLabels } from '../../src/resources/node-label.ts'
import { onlyOurServices, onlyOurs } from '../../src/resources/only-ours.ts'
import { stackConfig } from '../../src/resources/stack-config.ts'
import { nodeId } from '../../src/resources/swarm-nodes.ts'
import { swarmSecret } from '../../src/resources/swarm-secret.ts'
import { largestPacket } from '../../src/steps/packets.ts'
import { sampleHost } from '../steps/sample-org.ts'
import { changesOf, fixOf } from './answers.ts'

describe('network', () => {
  const network = dockerNetwork(
    { name: 'backend', internal: true, attachable: false, encrypted: false, services: ['a_b'] },
    'lab',
  )
  const line = (over: object) =>
    JSON.stringify({ Name: 'backend', Driver: 'overlay', Internal: true, Attachable: false, Options: null, ...over })

  test('in sync', () =>
    expect(changesOf(network, `${line({ Name: 'backend2', Internal: false })}\n${line({})}`)).toBe('in sync'))
  test('none', () =>
    expect(fixOf(network, line({ Name: 'backend2' }))).toBe(
      'docker network create --driver overlay --label groundwork.org=lab --internal backend >/dev/null',
    ))
  test.each([
    ['internal', { Internal: false }],
    ['attachable', { Attachable: true }],
    ['encrypted', { Options: { encrypted: '' } }],
    ['driver', { Driver: 'macvlan' }],
  ])('%s', (key, over) => {
    expect(Object.keys(changesOf(network, line(over)))).toEqual([key])
    expect(fixOf(network, line(over))).toMatch(
      /docker service rm[\s\S]*docker network rm backend[\s\S]*docker network create/,
    )
  })
})

describe('network between hosts whose interfaces carry less', () => {
  const wish = { name: 'backend', internal: false, attachable: false, encrypted: false, services: [] }
  const network = dockerNetwork({ ...wish, mtu: 1280 }, 'lab')
  const line = (Options: object | null) =>
    JSON.stringify({ Name: 'backend', Driver: 'overlay', Internal: false, Attachable: false, Options })
  test('is made so', () =>
    expect(fixOf(network, '')).toContain('--opt com.docker.network.driver.mtu=1280 backend >/dev/null'))
  test('is made anew where it was made for more', () =>
    expect(changesOf(network, line(null))).toEqual({ mtu: { from: '1500', to: '1280' } }))
  test.each(['1280', '1200'])('stays where %s bytes fit', (mtu) =>
    expect(changesOf(network, line({ 'com.docker.network.driver.mtu': mtu }))).toBe('in sync'),
  )
})

describe('large packets', () => {
  const path = process.env.PATH
  const folder = mkdtempSync(join(tmpdir(), 'ping-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const to = largePackets([sampleHost('elk', { primaryAddress: '192.0.2.2' })], 1280)
  // What a network lets through, in bytes: a ping of the same words.
  const through = (bytes: number) => {
    const ping = `#!/bin/sh\nwhile [ "$1" != -s ]; do shift; done\n[ $(($2 + 28)) -le ${bytes} ]\n`
    writeFileSync(join(folder, 'ping'), ping, { mode: 0o755 })
    const { status, stdout, stderr } = spawnSync('dash', ['-c', running(to.actual['to elk'] as Sh)], {
      env: { PATH: `${folder}:${path}` },
      encoding: 'utf8',
    })
    return [status, (stdout || stderr).trim()]
  }
  test.each([
    [1280, [0, '1280 bytes pass']],
    [1279, [0, 'only small ones pass']],
    [0, [1, expect.stringContaining('192.0.2.2 answers no ping')]],
  ])('through %i bytes', (bytes, said) => expect(through(bytes)).toEqual(said))
  test('that are lost are told, with where to look', () => {
    const fix = shown(to.fix({ 'to elk': { from: 'only small ones pass', to: '1280 bytes pass' } }) as Sh)
    expect(fix).toMatch(
      /packets of 1280 bytes are lost on the way to elk[\s\S]*ping -M do -s 1152 192.0.2.2[\s\S]*exit 1$/,
    )
  })
  test('that nobody could send yet are no loss', () =>
    expect(to.fix({ 'to elk': { from: undefined, to: '1280 bytes pass' } })).toEqual([]))
  test('the smallest interface decides, and never more than Ethernet', () => {
    const hosts = [1500, 1280, undefined, 9000].map((mtu, index) => sampleHost(`h${index}`, { mtu }))
    expect(largestPacket({ hosts: hosts as unknown as Org['hosts'] })).toBe(1280)
    expect(largestPacket({ hosts: hosts.slice(2) as unknown as Org['hosts'] })).toBe(1500)
  })
})

describe('volume', () => {
  const volume = dockerVolume('data', '/srv/data', 'lab')
  test('in sync', () => expect(changesOf(volume, 'data local none bind /srv/data')).toBe('in sync'))
  test('none', () => expect(fixOf(volume, 'data2 local none bind /srv/data')).toContain('docker volume create'))
  test.each(['data local none bind /srv/other', 'data local ', 'data rexray none bind /srv/data'])(
    'told, not touched: %s',
    (answer) => {
      expect(fixOf(volume, answer)).toMatch(/^printf .* exit 1$/)
    },
  )
  test('its directory', () =>
    expect(fixOf(dataDirectory('/srv/data', '9:8', '700'), undefined)).toBe(
      'install --directory --mode 700 --owner 9 --group 8 /srv/data',
    ))
})

describe('secret', () => {
  const one = swarmSecret('password-0123', secret('hunter2'), 'lab')
  test('in sync', () => expect(changesOf(one, 'other \npassword-0123 groundwork.org=lab')).toBe('in sync'))
  test('made, and not shown', () =>
    expect(fixOf(one, 'password-01234 groundwork.org=lab')).toBe(
      'printf %s ‹secret› | docker secret create --label groundwork.org=lab password-0123 - >/dev/null',
    ))
  test("somebody else's is left", () =>
    expect(fixOf(one, 'password-0123 groundwork.org=other')).toMatch(/^echo .*exit 1$/))
})

describe('config', () => {
  const config = stackConfig('page-1', 'hello\n', sh`deploy`)
  const line = (text: string) => `page-1 ${JSON.stringify(Buffer.from(text).toString('base64'))}`
  test('in sync', () => expect(changesOf(config, line('hello\n'))).toBe('in sync'))
  test('none', () => expect(fixOf(config, 'page-12 "aGVsbG8K"')).toBe('deploy'))
  test('other content', () => {
    expect(changesOf(config, line('bye'))).toEqual({ content: { from: shortHash('bye'), to: shortHash('hello\n') } })
    expect(fixOf(config, line('bye'))).toContain('docker config rm page-1\ndeploy')
  })
})

describe('labels of a node', () => {
  const one = { name: 'one', primaryAddress: '192.0.2.1' } as Host
  const node = (name: string, labels: string) =>
    `id 192.0.2.${name === 'one' ? 1 : 2} ${name} ready worker active ${labels}`
  const id = `"$(${running(nodeId(one))})"`
  const labels = nodeLabels(one, { role: 'storage', zone: 'a' })
  test('in sync', () =>
    expect(changesOf(labels, `${node('one1', '{}')}\n${node('one', '{"zone":"a","role":"storage"}')}`)).toBe('in sync'))
  test.each([
    ['{}', 'docker node update --label-add role=storage --label-add zone=a'],
    ['null', 'docker node update --label-add role=storage --label-add zone=a'],
    ['{"old":"1"}', 'docker node update --label-rm old --label-add role=storage --label-add zone=a'],
  ])('%s', (answer, fix) => expect(fixOf(labels, node('one', answer))).toBe(`${fix} ${id} >/dev/null`))
  test('none wanted', () => expect(changesOf(nodeLabels(one, {}), node('one', '{}'))).toBe('in sync'))
})

describe('only ours', () => {
  const wanted = { org: 'lab', names: ['data_redis'], stacks: ['data'] }
  test.each([
    ['service|data_redis|lab|data', ''],
    ['service|theirs||their', ''],
    ['service|theirs|other|their', ''],
    ['service|data_redis|lab|data\nservice|old|lab|', 'docker service rm old'],
    ['service|data_more||data\nservice|old|lab|x', 'docker service rm data_more old'],
  ])('service %s', (answer, fix) => expect(fixOf(onlyOurServices(wanted), answer)).toBe(fix))

  test.each([
    ['', ''],
    ['secret|data_redis|1', ''],
    ['secret|old|1', 'docker secret rm old'],
    ['secret|old|1\nuses|secret|old|lab', 'docker secret rm old'],
    ['secret|old|1\nuses|secret|old|', ''],
    ['secret|b|1\nsecret|a|2', 'docker secret rm a b'],
  ])('secret %s', (answer, fix) => expect(fixOf(onlyOurs('secret', wanted), answer)).toBe(fix))

  test('a network is used by its id', () =>
    expect(fixOf(onlyOurs('network', wanted), 'network|old|abc\nuses|network|abcdef|')).toBe(''))
})
