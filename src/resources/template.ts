import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ejs, { type TemplateFunction } from 'ejs'
import { emitterOf } from './emit.ts'

/**
 * The text of a file from src/files, which is laid out as on the host. `<%= value %>` puts in a value as the file's format
 * writes one (emit.ts): with its quotes in JSON, YAML and TOML, else on one line as it is.
 * @throws Error that names file and line, for a name or a value that is not there, and for a value that the format cannot carry
 */
export function template(path: string, values: Readonly<Record<string, unknown>> = {}): string {
  const known = compiled.get(path) ?? read(path)
  compiled.set(path, known)
  return known(values)
}

const compiled = new Map<string, TemplateFunction>()

const read = (path: string): TemplateFunction => {
  const filename = join(root(), `${path}.ejs`)
  return ejs.compile(readFileSync(filename, 'utf8'), { filename, escape: emitterOf(path) })
}

/** The templates: beside this source file, or in the checkout of the built bundle. */
function root(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  return [join(here, '..', 'files'), join(here, '..', 'src', 'files')].find(existsSync) ?? join(here, '..', 'files')
}
