import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import writeFileAtomic from 'write-file-atomic'
import { PROJECT } from './job.ts'

/**
 * What Pulumi's state knows: `URN` → id. Read from a state in a folder; of one in a bucket it is what this machine remembers to have
 * put there, so that a run in sync starts no Pulumi.
 */
export async function known(state: string, org: string, folder: string): Promise<ReadonlyMap<string, string>> {
  const file = state.startsWith('file:')
    ? join(fileURLToPath(state), '.pulumi', 'stacks', PROJECT, `${org}.json`)
    : remembered(folder)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}'
    throw error
  })
  const { checkpoint, state: of, ids } = JSON.parse(text) as Checkpoint & Remembered
  if (ids) return new Map(of === state ? Object.entries(ids) : [])
  const resources = checkpoint?.latest?.resources ?? []
  return new Map(resources.flatMap(({ urn, id }) => (id === undefined ? [] : [[urn, id] as const])))
}

/** Keeps what is now in a state in a bucket. */
export async function remember(state: string, folder: string, ids: Readonly<Record<string, string>>): Promise<void> {
  if (state.startsWith('file:')) return
  await mkdir(dirname(remembered(folder)), { recursive: true, mode: 0o700 })
  await writeFileAtomic(remembered(folder), `${JSON.stringify({ state, ids } satisfies Remembered)}\n`, { mode: 0o600 })
}

const remembered = (folder: string): string => join(folder, 'known.json')

interface Remembered {
  readonly state?: string
  readonly ids?: Readonly<Record<string, string>>
}

/** A state's file, as far as it is in clear. */
interface Checkpoint {
  readonly checkpoint?: {
    readonly latest?: { readonly resources?: readonly { readonly urn: string; readonly id?: string }[] }
  }
}
