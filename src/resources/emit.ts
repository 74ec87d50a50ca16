/** Puts a value into a template as its format writes one. @throws TypeError for what the format cannot carry */
export type Emit = (value: unknown) => string

/**
 * How values are written into a file of this name (`.ejs` already gone). JSON, YAML and TOML get a typed value, with its
 * own quotes; environment files, which every reader unquotes in its own way, only what all read the same. Everything else
 * gets one line, as it is.
 * @throws TypeError for HCL, whose readers disagree about `${`: they all take JSON
 */
export function emitterOf(path: string): Emit {
  const ending = /\.([a-z]+)$/.exec(path)?.[1] ?? ''
  if (ending === 'hcl' || ending === 'tf')
    throw new TypeError(
      `a template of ${ending} cannot take values safely; write it as JSON, which its readers take too`,
    )
  return emitters[ending] ?? line
}

/** A value on one line, as it is: a line break would be another line of configuration. @throws TypeError for anything else */
export function line(value: unknown): string {
  if ((typeof value !== 'string' && typeof value !== 'number') || /[\p{Cc}\u2028\u2029]/u.test(String(value))) {
    throw new TypeError(`a template takes text of one line, not ${JSON.stringify(value)}`)
  }
  return String(value)
}

const json: Emit = (value) => JSON.stringify(plain(value))

// JSON is YAML, but for what YAML 1.1 takes for a line break or for nothing that can be printed.
const yaml: Emit = (value) => escaped(json(value), /[\p{Cc}\u2028\u2029\ufeff\ufffe\uffff]/gu)

// A string of JSON is one of TOML, but for the one control character that JSON lets stand; a map is written otherwise.
const toml: Emit = (value) => {
  if (typeof value === 'object') throw new TypeError('a template of TOML takes text, a number, true or false')
  return escaped(json(value), /\x7f/g)
}

const environment: Emit = (value) => {
  const text = line(value)
  if (!/^[\w@%+=:,./-]*$/.test(text))
    throw new TypeError(`an environment file takes letters, digits and @%+=:,./-_, not ${JSON.stringify(text)}`)
  return text
}

const emitters: Readonly<Record<string, Emit>> = { json, yaml, yml: yaml, toml, env: environment }

// What JSON would leave out, turn into null or never come back from is no value.
function plain(value: unknown): unknown {
  if (typeof value === 'string' && value.isWellFormed()) return value
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [plain(key), plain(inner)]))
  throw new TypeError(`a template takes text, numbers, true, false, and lists and maps of them, not ${String(value)}`)
}

const escaped = (text: string, what: RegExp): string =>
  text.replace(what, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
