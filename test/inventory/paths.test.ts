import { expect, test } from 'vitest'
import { inventoryFaults } from '../../src/inventory/read.ts'
import { compose, platformFile } from '../../src/stacks/platform-schema.ts'
import { base } from './broken/base.ts'
import { paths } from './paths.ts'

test('there are enough, each once or twice', () => expect(new Set(paths).size).toBeGreaterThanOrEqual(200))

// Each becomes a part of a path on the operator's machine or on a host: state, sandboxes, homes, platforms, zones, settings.
test.each([
  ['organization', 'organization: mle', 'organization: '],
  ['platform', 'platform: demo', 'platform: '],
  ['hosts[0].name', 'name: mle-1', 'name: '],
  ['operators[1].name', 'name: ben', 'name: '],
  ['hosts[0].labels.role', '{ role: storage }', '{ role: '],
  ['system.timeZone', 'timeZone: Europe/Berlin', 'timeZone: '],
  ['system.packages[0]', 'packages: [htop, tmux]', 'packages: ['],
  ['hosts[1].firstUser', 'port: 2222', 'firstUser: '],
])('no path gets through as %s', (path, find, put) => {
  const end = put.includes('[') ? ']' : put.includes('{') ? ' }' : ''
  const through = paths.filter((one) => {
    const text = base.replace(find, () => `${put}${JSON.stringify(one)}${end}`)
    return !inventoryFaults(text, 'mle.yaml').some((fault) => fault.path === path)
  })
  expect(through.filter((one) => !ALLOWED[path]?.test(one))).toEqual([])
})

// What is no path there: a label or an account of plain letters, and a folder that does not leave the inventory's.
const ALLOWED: Readonly<Record<string, RegExp>> = {
  'hosts[0].labels.role': /^(A|Ab|aB|CON|NUL\.txt)$/,
  'system.packages[0]': /^a+$/,
  'operators[1].name': /^(_a|a_)$/,
  'hosts[1].firstUser': /^(_a|a_)$/,
}

test('a platform lays nothing outside of its places', () => {
  const volume = (directory: string) =>
    platformFile.safeParse({ title: 'x', layers: ['a'], volumes: { v: { directory } } }).success
  const config = (file: string) => compose.safeParse({ services: {}, configs: { c: { file } } }).success
  expect(volume('/srv/demo/redis') && config('./config/a.cfg')).toBe(true)
  expect(paths.filter(volume)).toEqual([])
  expect(
    paths
      .flatMap((one) => [one, `./config/${one}`, `./config/a/${one}`])
      .filter((one) => config(one) && /(^|\/)\.{1,2}(\/|$)/.test(one.slice(2))),
  ).toEqual([])
})
