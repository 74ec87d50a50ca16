import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { initText } from '../../src/commands/init-text.ts'
import { publicKeys } from '../../src/commands/public-keys.ts'
import { knownAt } from '../../src/inventory/known.ts'
import { inventoryFaults, readInventory } from '../../src/inventory/read.ts'
import { inventorySchema } from '../../src/inventory/schema.ts'
import { ANA, BEN, HOST_KEY } from '../inventory/broken/base.ts'
import { groundwork } from '../lab/groundwork.ts'
import { terminal } from '../lab/terminal.ts'

const root = mkdtempSync(join(tmpdir(), 'init-'))
afterAll(() => rmSync(root, { recursive: true }))
let home = ''
const ENTER = '\r'
const UP = '\u001b[A'
const CTRL_C = '\u0003'

beforeEach(() => {
  home = mkdtempSync(join(root, 'home-'))
  mkdirSync(join(home, '.ssh'))
  writeFileSync(join(home, '.ssh', 'id_ed25519.pub'), `${ANA}\n`)
  writeFileSync(join(home, '.ssh', 'broken.pub'), 'ssh-ed25519 AAAA\n')
  mkdirSync(join(home, '.ssh', 'folder.pub'))
})

const init = (words = '') =>
  terminal(`${process.execPath} ${join(process.cwd(), 'bin/groundwork.mjs')} init ${words}`, {
    cwd: home,
    env: { HOME: home, USER: 'ana' },
  })

test('what is answered becomes an inventory that the reader takes', { timeout: 60_000 }, async () => {
  const at = init()
  await at.until('Name of the organization')
  at.type(`MLE${ENTER}`)
  await at.until('small letters')
  at.type(`${'\u007f'.repeat(3)}mle${ENTER}`)
  await at.until('E-mail address')
  at.type(`ops@example.org${ENTER}`)
  await at.until('Where is the first host, mle-1?')
  at.type(ENTER)
  await at.until('Its address')
  at.type(`-oProxyCommand=id${ENTER}`)
  await at.until('may not begin with a dash')
  at.type(`${'\u007f'.repeat(20)}203.0.113.7${ENTER}`)
  await at.until('Who logs in there at first')
  at.type(ENTER)
  await at.until('Its fingerprint')
  at.type(`${HOST_KEY}${ENTER}`)
  await at.until('Your account on the hosts')
  at.type(ENTER)
  await at.until('Your public key')
  await at.until('id_ed25519.pub: ssh-ed25519 ana@laptop')
  at.type(ENTER)
  await at.until('Domain')
  at.type(`demo.example.org${ENTER}`)
  expect(await at.ended, at.screen()).toBe(0)
  const file = join(home, 'inventories', 'mle.yaml')
  expect(at.screen()).toContain('--inventory inventories/mle.yaml --plan')
  expect(readInventory(file)).toMatchObject({
    name: 'mle',
    platform: 'demo',
    contact: 'ops@example.org',
    operators: [{ name: 'ana', keys: [ANA] }],
    hosts: [
      {
        name: 'mle-1',
        provider: 'existing',
        address: '203.0.113.7',
        firstUser: 'root',
        hostKey: HOST_KEY,
        role: 'manager',
      },
    ],
    access: { profile: 'public', domain: 'demo.example.org' },
  })
  expect(readFileSync(file, 'utf8').match(/#/g)?.length).toBeGreaterThan(8)
})

test('a sandbox needs no key and no domain; another key may be pasted', { timeout: 60_000 }, async () => {
  const at = init('--inventory=./try.yaml')
  await at.until('Name of the organization')
  at.type(`try${ENTER}`)
  await at.until('E-mail address')
  at.type(`ops@example.org${ENTER}`)
  await at.until('Where is the first host')
  at.type(`\u001b[B${ENTER}`)
  await at.until('Your account')
  at.type(ENTER)
  await at.until('generated: groundwork makes a pair')
  at.type(`${UP}${ENTER}`)
  await at.until('The line of your .pub file')
  at.type(`${BEN}${ENTER}`)
  expect(await at.ended, at.screen()).toBe(0)
  expect(readInventory(join(home, 'try.yaml'))).toMatchObject({
    hosts: [{ provider: 'sandbox' }],
    operators: [{ keys: [BEN] }],
  })
})

test('Ctrl-C leaves nothing', { timeout: 60_000 }, async () => {
  const before = readdirSync(home)
  const at = init()
  await at.until('Name of the organization')
  at.type(`mle${ENTER}`)
  await at.until('E-mail address')
  at.type(`ops@exa${CTRL_C}`)
  expect(await at.ended, at.screen()).toBe(130)
  expect(at.screen()).toContain('nothing was changed')
  expect(readdirSync(home)).toEqual(before)
})

test('a file that is there stays as it is', { timeout: 60_000 }, async () => {
  mkdirSync(join(home, 'inventories'))
  writeFileSync(join(home, 'inventories', 'mle.yaml'), 'mine')
  const at = init()
  await at.until('Name of the organization')
  at.type(`mle${ENTER}`)
  await at.until('inventories/mle.yaml is there already')
  at.type(CTRL_C)
  expect(await at.ended).toBe(130)
  const named = init('--inventory inventories/mle.yaml')
  expect(await named.ended).toBe(64)
  expect(named.screen()).toContain('was left as it is')
  expect(readFileSync(join(home, 'inventories', 'mle.yaml'), 'utf8')).toBe('mine')
})

test('without a terminal nothing is asked', async () => {
  const { exit, out, err } = await groundwork(['init', '--inventory', join(home, 'x.yaml')], {})
  expect({ exit, out }).toEqual({ exit: 64, out: '' })
  expect(err).toContain('cp inventories/example.yaml')
  expect(existsSync(join(home, 'x.yaml'))).toBe(false)
})

test('whatever is chosen is taken by the reader', () => {
  const answers = {
    organization: 'mle',
    platform: 'demo',
    contact: 'ops@example.org',
    address: '2001:db8::7',
    firstUser: 'debian',
    hostKey: '',
    region: 'nyc3',
    size: 's-2vcpu-4gb',
    operator: 'ana',
    domain: '',
  }
  for (const provider of knownAt(inventorySchema, ['hosts', 0, 'provider']).values) {
    for (const hostKey of ['', HOST_KEY]) {
      for (const domain of ['', 'demo.example.org']) {
        const text = initText(
          { ...answers, provider, hostKey, domain, key: provider === 'sandbox' ? 'generated' : ANA },
          true,
        )
        expect(inventoryFaults(text, 'inventories/mle.yaml'), text).toEqual([])
      }
    }
  }
})

test('only keys that a host takes are offered', () => {
  expect(publicKeys(join(home, '.ssh'))).toEqual([{ file: 'id_ed25519.pub', line: ANA }])
  expect(publicKeys(join(home, 'none'))).toEqual([])
})
