import { Fault } from '../engine/fault.ts'
import { crossMarks } from './check.ts'
import { faultsOf, faultText, type InventoryFault, withoutMeant } from './fault-list.ts'
import { bytesOf, cannotRead } from './file-bytes.ts'
import { filled } from './fill.ts'
import { type Layers, readLayers } from './layers.ts'
import type { Mark } from './mark.ts'
import type { Org } from './org.ts'
import { PRIVATE_KEY } from './private-key.ts'
import { type Inventory, inventorySchema } from './schema.ts'
import type { Source } from './source.ts'
import { marksOf } from './words.ts'

/**
 * Reads an inventory with its bases and checks all of it, before anything is connected.
 * @throws Fault (exit 64) with everything that is wrong, each with file, line and column
 */
export function readInventory(file: string): Org {
  return parseInventory(inventoryBytes(file), file)
}

/** The same of a text, or of a file's bytes; `file` is for messages, and its bases stand beside it. */
export function parseInventory(content: string | Uint8Array, file: string): Org {
  return filled(checkedInventory(content, file).inventory, file)
}

/** An inventory without faults as it is written, and where it is written. @throws Fault (exit 64) with everything that is wrong */
export function readWritten(file: string): { readonly layers: Layers; readonly inventory: Inventory } {
  return checkedInventory(inventoryBytes(file), file)
}

/** Everything that is wrong with an inventory and its bases, file by file, each in the order of the file; none: it is valid. */
export const inventoryFaults = (content: string | Uint8Array, file: string): readonly InventoryFault[] =>
  checked(content, file).told.flatMap(({ faults }) => faults)

function inventoryBytes(file: string): Uint8Array {
  const bytes = bytesOf(file, ADVICE)
  if (!bytes) throw cannotRead(file, 'there is no such file', ADVICE)
  return bytes
}

function checkedInventory(content: string | Uint8Array, file: string) {
  const { layers, told, secret, inventory } = checked(content, file)
  const texts = told
    .filter(({ faults }) => faults.length)
    .map(({ source, faults }) =>
      faultText(source, faults, source === layers.sources[0] ? '' : `, base of ${file},`, secret),
    )
  if (!inventory || texts.length) throw new Fault(texts.join('\n\n'), { exit: 64 })
  return { layers, inventory }
}

interface Checked {
  readonly layers: Layers
  readonly told: readonly { readonly source: Source; readonly faults: readonly InventoryFault[] }[]
  /** A private key stands in one of the files. */
  readonly secret: boolean
  readonly inventory: Inventory | undefined
}

function checked(content: string | Uint8Array, file: string): Checked {
  const layers = readLayers(content, file)
  const { sources, sourceAt, value } = layers
  const { data, error } = inventorySchema.safeParse(value, OPTIONS)
  // What one file lacks because another cannot be read is not told.
  const whole = !layers.faults.length && sources.every((source) => source.value !== undefined)
  const said = sources[0].value === undefined ? [] : marksOf(error?.issues ?? [], inventorySchema, layers)
  const ofAll = [...said, ...(whole ? crossMarks(value, file) : [])].filter(({ missing }) => whole || !missing)
  const placed: readonly Placed[] = [
    ...layers.faults,
    ...withoutMeant(ofAll).map((mark) => ({ source: sourceAt(mark.path), mark })),
    ...sources.slice(1).flatMap((source) => ofBase(source).map((mark) => ({ source, mark }))),
  ]
  const secret = sources.some(({ text }) => PRIVATE_KEY.test(text))
  const told = sources.map((source) => ({
    source,
    faults: faultsOf(
      source,
      placed.filter((one) => one.source === source).map(({ mark }) => mark),
      secret,
    ),
  }))
  return { layers, told, secret, inventory: data }
}

interface Placed {
  readonly source: Source
  readonly mark: Mark
}

// What a nearer file replaces is looked at as well; what a base lacks may stand in another.
const ofBase = (source: Source): readonly Mark[] =>
  source.value === undefined
    ? []
    : marksOf(inventorySchema.safeParse(source.value, OPTIONS).error?.issues ?? [], inventorySchema, source).filter(
        ({ missing }) => !missing,
      )

const OPTIONS = { reportInput: true, jitless: true } as const
const ADVICE = 'name a file of inventories/, or copy inventories/example.yaml and change it'
