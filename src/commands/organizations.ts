import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../engine/fault.ts'
import { readLayers } from '../inventory/layers.ts'
import { list, record } from '../inventory/mark.ts'
import { inventorySchema } from '../inventory/schema.ts'

/** An inventory of a folder, of which no more is known than whose it is. */
export interface Organization {
  readonly file: string
  /** undefined: the file is broken, which its own run tells. */
  readonly name: string | undefined
  /** Variables of the environment from which it takes secrets. */
  readonly variables: readonly string[]
}

// They come with groundwork: two to read, one to try.
const NOBODYS = ['base.yaml', 'example.yaml', 'sandbox.yaml']

/**
 * The inventories of a folder: what has an `organization`, or cannot be read, and does not come with groundwork.
 * @throws Fault (exit 64) where there is none, or where two have one name
 */
export function organizationsIn(folder: string): readonly Organization[] {
  const found = filesIn(folder)
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.lock.yaml') && !NOBODYS.includes(name))
    .sort()
    .flatMap((name) => organization(join(folder, name)))
  if (!found.length)
    throw new Fault(`There is no organization in ${folder}.`, {
      because: `${NOBODYS.join(', ')} come with groundwork and are left out, and a base is nobody's`,
      try: 'npx tsx bootstrap.ts init   asks, and writes an inventory',
      exit: 64,
    })
  const twice = found.find(({ name }, index) => name && found.findIndex((one) => one.name === name) !== index)
  if (twice)
    throw new Fault(`Two inventories of ${folder} are of the organization ${twice.name}.`, {
      at: found.flatMap(({ name, file }) => (name === twice.name ? file : [])).join(', '),
      because: 'they would share their state and their lock file; nothing was connected',
      try: 'give one of them another organization',
      exit: 64,
    })
  return found
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Fault(`${folder} cannot be read.`, {
      because:
        code === 'ENOENT'
          ? 'there is no such folder'
          : code === 'ENOTDIR'
            ? 'it is a file; --all takes a folder'
            : String(code),
      try: 'npx tsx bootstrap.ts --all --inventory FOLDER   (inventories, unless said)',
      exit: 64,
    })
  }
}

function organization(file: string): readonly Organization[] {
  try {
    const { sources, value } = readLayers(readFileSync(file), file)
    const own = record(sources[0].value)
    if (sources[0].value !== undefined && !('organization' in own)) return []
    const { data } = inventorySchema.shape.organization.safeParse(own.organization)
    return [{ file, name: data, variables: variablesIn(value) }]
  } catch {
    return [{ file, name: undefined, variables: [] }] // no file, or not ours to read: its own run says so
  }
}

// `token: { env: NAME }`, wherever it stands.
function variablesIn(value: unknown): readonly string[] {
  const { env } = record(value)
  const inner = Array.isArray(value) ? list(value) : Object.values(record(value))
  return [...(typeof env === 'string' ? [env] : []), ...inner.flatMap(variablesIn)]
}
