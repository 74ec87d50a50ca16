import { describe, expect, test } from 'vitest'
import { secret } from '../../src/engine/secret.ts'
import { running, sh } from '../../src/engine/sh.ts'
import type { Host } from '../../src/inventory/org.ts'
import { dockerNetwork } from '../../src/resources/docker-network.ts'
import { dataDirectory, dockerVolume } from '../../src/resources/docker-volume.ts'
import { shortHash } from '../../src/resources/hash.ts'
import { nodeLabels } from '../../src/resources/node-label.ts'
import { onlyOurServices, onlyOurs } from '../../src/resources/only-ours.ts'
import { stackConfig } from '../../src/resources/stack-config.ts'
import { nodeId } from '../../src/resources/swarm-nodes.ts'
import { swarmSecret } from '../../src/resources/swarm-secret.ts'
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
