import { crossMarks } from './check.ts'
import { faultOf, faultsOf, type InventoryFault } from './fault-list.ts'
import { bytesOf, cannotRead } from './file-bytes.ts'
import { filled } from './fill.ts'
import type { Org } from './org.ts'
import { type Inventory, inventorySchema } from './schema.ts'
import { readSource, type Source } from './source.ts'
import { marksOf } from './words.ts'

/**
 * Reads an inventory and checks all of it, before anything is connected.
 * @throws Fault (exit 64) with everything that is wrong, each with line and column
 */
export function readInventory(file: string): Org {
  const bytes = bytesOf(file, ADVICE)
  if (!bytes) throw cannotRead(file, 'there is no such file', ADVICE)
  return parseInventory(bytes, file)
}

/** The same of a text, or of a file's bytes; `file` is for messages. */
export function parseInventory(content: string | Uint8Array, file: string): Org {
  const { source, faults, inventory } = checked(content, file)
  if (!inventory || faults.length) throw faultOf(source, faults)
  return filled(inventory, file)
}

/** Everything that is wrong with an inventory, in the order of the file; none: it is valid. */
export const inventoryFaults = (content: string | Uint8Array, file: string): readonly InventoryFault[] =>
  checked(content, file).faults

interface Checked {
  readonly source: Source
  readonly faults: readonly InventoryFault[]
  readonly inventory: Inventory | undefined
}

function checked(content: string | Uint8Array, file: string): Checked {
  const source = readSource(content, file)
  if (source.value === undefined) return { source, faults: faultsOf(source), inventory: undefined }
  const { data, error } = inventorySchema.safeParse(source.value, { reportInput: true, jitless: true })
  const marks = [...marksOf(error?.issues ?? [], inventorySchema, source), ...crossMarks(source.value, file)]
  return { source, faults: faultsOf(source, marks), inventory: data }
}

const ADVICE = 'name a file of inventories/, or copy inventories/example.yaml and change it'
