import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { fetched, RELEASES } from './fetched.ts'
import { broken, byHand } from './install-words.ts'
import { pulumiHome } from './installed.ts'
import { type Program, programs } from './programs.ts'

/**
 * Fetches Pulumi and its provider, at the pinned versions, into groundwork's cache; nobody's own Pulumi is touched. What came is taken
 * only once it runs and says that version.
 * @throws Fault where they are not reached, or what came is not whole or not that version
 */
export async function install(note: (text: string) => void): Promise<void> {
  const home = pulumiHome()
  await mkdir(home, { recursive: true, mode: 0o700 })
  for (const one of programs()) await put(one, home, note)
}

async function put(one: Program, home: string, note: (text: string) => void): Promise<void> {
  const { title, version, folder, command, ask, inside } = one
  const place = join(home, folder)
  const is = await versionOf(join(place, command), ask)
  if (is === version) return note(`${title} ${version} is there: ${place}`)
  if (is !== undefined) note(`${title} ${is} is there, and is replaced: groundwork is made for ${version}`)
  const base = RELEASES()
  note(`${title} ${version}, from ${base} into ${place}`)
  // Beside its place, so that it gets there at once and whole, or not at all.
  const half = await mkdtemp(join(home, '.half-'))
  try {
    const archive = join(half, 'archive.tar.gz')
    const made = join(half, 'made', inside)
    await mkdir(join(half, 'made'))
    await fetched(`${base}/${one.archive}`, archive, byHand(one, place))
    await promisify(execFile)('tar', ['-xzf', archive, '-C', join(half, 'made')]).catch((error: Error) => {
      throw broken(one, place, error.message)
    })
    const came = await versionOf(join(made, command), ask)
    if (came !== version) throw broken(one, place, came ? `it is ${came}` : `${command} in it does not run`)
    await mkdir(dirname(place), { recursive: true, mode: 0o700 })
    await rm(place, { recursive: true, force: true })
    await rename(made, place)
  } finally {
    await rm(half, { recursive: true, force: true })
  }
}

/** What a program says that it is, without a v; undefined: it is not there, or does not run. */
async function versionOf(path: string, ask: string): Promise<string | undefined> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, PULUMI_SKIP_UPDATE_CHECK: 'true' }
  try {
    const { stdout } = await promisify(execFile)(path, [ask], { timeout: 30_000, env })
    return /^v?(\d+\.\d+\.\d+\S*)\s*$/.exec(stdout)?.[1]
  } catch {
    return undefined
  }
}
