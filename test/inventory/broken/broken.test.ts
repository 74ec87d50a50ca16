import { describe, expect, test } from 'vitest'
import { Fault } from '../../../src/engine/fault.ts'
import { inventoryFaults, parseInventory } from '../../../src/inventory/read.ts'
import { base, sandboxes } from './base.ts'
import type { Broken } from './entry.ts'
import { table } from './table.ts'

const patched = (text: string, [find, put]: Broken['remedy']): string => {
  expect(text, `${JSON.stringify(find)} is there`).toContain(find)
  // A function, since `$` in a replacement has a meaning of its own.
  return text.replace(find, () => put)
}

test('what they differ from is valid, and there are enough of them', () => {
  expect(inventoryFaults(base, 'mle.yaml')).toEqual([])
  expect(inventoryFaults(sandboxes, 'try.yaml')).toEqual([])
  expect(table.length).toBeGreaterThanOrEqual(150)
  expect(new Set(table.map(({ name }) => name)).size).toBe(table.length)
  expect(new Set(table.map(({ from = base, broken }) => patched(from, broken))).size).toBe(table.length)
})

describe.each(table)('$name', ({ from = base, broken, at, path, says, remedy }) => {
  const text = patched(from, broken)

  test('is told once, at its place', () => {
    expect(
      inventoryFaults(text, 'mle.yaml').map(({ line, column, path, message }) => ({
        at: `${line}:${column}`,
        path,
        message,
      })),
    ).toEqual([{ at, path, message: expect.stringContaining(says) }])
    expect(() => parseInventory(text, 'mle.yaml')).toThrow(Fault)
  })

  test('is valid after its remedy', () => {
    expect(inventoryFaults(patched(text, remedy), 'mle.yaml')).toEqual([])
  })
})
