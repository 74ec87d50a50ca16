import { readFileSync } from 'node:fs'
import { Fault } from '../engine/fault.ts'
import { crossMarks } from './check.ts'
import { faultOf, faultsOf, type InventoryFault } from './fault-list.ts'
import { filled } from './fill.ts'
import type { Org } from './org.ts'
import { type Inventory, inventorySchema } from './schema.ts'
import { readSource, type Source } from './source.ts'
import { marksOf } from './words.ts'

/**
 * Reads an inventory and checks all of it, before anything is connected.
 * @throws Fault (exit 64) with everything that is wrong, each with line and column
 */
export const readInventory = (file: string): Org => parseInventory(textOf(file), file)

/** The same of a text; `file` is for messages. */
export function parseInventory(text: string, file: string): Org {
  const { source, faults, inventory } = checked(text, file)
  if (!inventory || faults.length) throw faultOf(source, faults)
  return filled(inventory, file)
}

/** Everything that is wrong with an inventory, in the order of the file; none: it is valid. */
export const inventoryFaults = (text: string, file: string): readonly InventoryFault[] => checked(text, file).faults

interface Checked {
  readonly source: Source
  readonly faults: readonly InventoryFault[]
  readonly inventory: Inventory | undefined
}

function checked(text: string, file: string): Checked {
  const source = readSource(text, file)
  if (source.value === undefined) return { source, faults: faultsOf(source), inventory: undefined }
  const { data, error } = inventorySchema.safeParse(source.value, { reportInput: true, jitless: true })
  const marks = [...marksOf(error?.issues ?? [], inventorySchema, source), ...crossMarks(source.value)]
  return { source, faults: faultsOf(source, marks), inventory: data }
}

function textOf(file: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Fault(`${file} cannot be read.`, {
      because: code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : String(code),
      try: 'name a file of inventories/, or copy inventories/example.yaml and change it',
      exit: 64,
    })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new Fault(`${file} is not UTF-8.`, {
      because: 'it was saved in another encoding',
      try: 'save it as UTF-8',
      exit: 64,
    })
  }
}
