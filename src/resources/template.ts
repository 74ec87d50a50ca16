import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ejs, { type TemplateFunction } from 'ejs'

/**
 * The text of a file from src/files, which is laid out as on the host. `<%= value %>` puts in a value on one line, as it is.
 * @throws Error that names file and line, for a name or a value that is not there, and for a value of more than one line
 */
export function template(path: string, values: Readonly<Record<string, unknown>> = {}): string {
  const known = compiled.get(path) ?? read(path)
  compiled.set(path, known)
  return known(values)
}

const compiled = new Map<string, TemplateFunction>()

const read = (path: string): TemplateFunction => {
  const filename = join(root(), `${path}.ejs`)
  return ejs.compile(readFileSync(filename, 'utf8'), { filename, escape: line })
}

/** A value on one line, as it is: a line break would be another line of configuration. @throws TypeError for anything else */
export function line(value: unknown): string {
  if ((typeof value !== 'string' && typeof value !== 'number') || /[\p{Cc}\u2028\u2029]/u.test(String(value))) {
    throw new TypeError(`a template takes text of one line, not ${JSON.stringify(value)}`)
  }
  return String(value)
}

/** The templates: beside this source file, or in the checkout of the built bundle. */
function root(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  return [join(here, '..', 'files'), join(here, '..', 'src', 'files')].find(existsSync) ?? join(here, '..', 'files')
}
