import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { jsonSchema } from '../../src/inventory/json-schema.ts'
import { inventoryFaults, readInventory } from '../../src/inventory/read.ts'

const text = readFileSync('inventories/example.yaml', 'utf8')
// A key that does not go together with the others stands as a comment without a space behind its #.
const whole = text.replace(/^( *)#(?=(- | {2,})\S|\w+: )/gm, '$1')

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly description?: string
}

const keysOf = ({ properties = {}, items }: Schema, path = ''): readonly string[] => [
  ...Object.entries(properties).flatMap(([key, inner]) => [`${path}${key}`, ...keysOf(inner, `${path}${key}.`)]),
  ...(items ? keysOf(items, path) : []),
]

// Only where the schema names the keys: labels, kernel settings and the like are of one's own choice.
const keysIn = (value: unknown, { properties, items }: Schema, path = ''): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap((one) => (items ? keysIn(one, items, path) : []))
  if (!properties || typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [
    `${path}${key}`,
    ...keysIn(inner, properties[key] ?? {}, `${path}${key}.`),
  ])
}

test('example.yaml has every key of the schema, and no other', () => {
  const schema = JSON.parse(jsonSchema()) as Schema
  expect([...new Set(keysIn(parse(whole), schema))].sort()).toEqual([...keysOf(schema)].sort())
})

test('every key is explained in example.yaml and in docs/inventory.md', () => {
  const docs = readFileSync('docs/inventory.md', 'utf8')
  for (const key of keysOf(JSON.parse(jsonSchema()) as Schema)) {
    const last = key.split('.').at(-1) ?? ''
    expect(docs, key).toContain(`\`${last}\``)
    expect(text, key).toMatch(new RegExp(`needed\\.[^\\n]*\\n${last}:|${last}:.*#|^ *${last}:$`, 'm'))
  }
})

test('every inventory of the repository is valid, also with what stands in comments, and names its schema', () => {
  const files = readdirSync('inventories').filter((file) => file.endsWith('.yaml') && !file.endsWith('.lock.yaml'))
  expect(files).toEqual(expect.arrayContaining(['base.yaml', 'example.yaml', 'sandbox.yaml']))
  for (const file of files.filter((name) => name !== 'base.yaml')) {
    readInventory(`inventories/${file}`)
    expect(readFileSync(`inventories/${file}`, 'utf8').split('\n')[0]).toBe(
      '# yaml-language-server: $schema=./schema.json',
    )
  }
  // Of the ways to join a tailnet an inventory has one, and programs come from a package or from a folder.
  for (const others of [/^ {2}(apiKey|oauth): .*\n/gm, /^ {2}(authKey|oauth): .*\n/gm, /^ {2}(authKey|apiKey): .*\n/gm])
    for (const place of [/^ {2}binaries: .*\n/m, /^ {2}repository: .*\n( {4}.*\n)+/m])
      expect(inventoryFaults(whole.replace(others, '').replace(place, ''), 'inventories/example.yaml')).toEqual([])
})

test('one line more is one host more', () => {
  const sandbox = readFileSync('inventories/sandbox.yaml', 'utf8')
  const two = sandbox.replace('# - {', '- {')
  expect(two).not.toBe(sandbox)
  expect(inventoryFaults(two, 'sandbox.yaml')).toEqual([])
})

test('schema.json is what the schema says now; else run: npx tsx src/inventory/json-schema.ts', () => {
  expect(readFileSync('inventories/schema.json', 'utf8')).toBe(jsonSchema())
})

test('for editors, an inventory over a base needs no more than its name', () => {
  expect(JSON.parse(jsonSchema())).toMatchObject({
    required: ['organization'],
    anyOf: [
      { required: ['base'] },
      { required: expect.arrayContaining(['platform', 'contact', 'operators', 'hosts']) },
    ],
  })
})

test('everything in the schema is explained', () => {
  const explained = ({ properties = {}, items, description }: Schema): boolean =>
    description !== undefined &&
    Object.values(properties).every(explained) &&
    Object.values(items?.properties ?? {}).every(explained)
  expect(explained(JSON.parse(jsonSchema()) as Schema)).toBe(true)
})
