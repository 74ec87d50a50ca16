// The one command. Hands over to the built entry where that is current, and to the sources where it is not.
import { existsSync, readdirSync, statSync } from 'node:fs'

const built = new URL('dist/cli.mjs', import.meta.url)
const sources = new URL('src/', import.meta.url)

const newest = (folder: URL): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .reduce((latest, entry) => Math.max(latest, statSync(`${entry.parentPath}/${entry.name}`).mtimeMs), 0)

const current = existsSync(built) && statSync(built).mtimeMs > newest(sources)
const { main } = (await import(current ? built.href : new URL('cli.ts', sources).href)) as typeof import('./src/cli.ts')
await main(process.argv)
