import type { Host } from '../inventory/org.ts'
import type { Answer } from './answer.ts'
import { Secret } from './secret.ts'

/** Shell text that knows its parts. Building it runs nothing; what runs and what is shown differ only in the secrets. */
export interface Sh {
  readonly parts: readonly Part[]
  /** Set for a question that many resources ask, each about its own thing. */
  readonly together?: Together
}

/** How many questions of a kind are one command: it must say of each thing what that one's own question would have said. */
export interface Together {
  /** Gets the words of all of them as "$@". */
  readonly ask: Sh
  readonly word: string
  /** One for each word, in their order; undefined for what is to be asked alone. */
  readonly answers: (text: string) => readonly (Answer | undefined)[]
}

/** Shell text for another host. As a value inside `sh`, its answer goes in, quoted, and is treated as a secret. */
export interface OnHost {
  readonly on: Host
  readonly sh: Sh
}

/** A secret that is read here just before the text runs, and not at all where the text does not run. */
export interface ReadHere {
  readonly readHere: () => Promise<Secret>
}

/** What a text needs to be asked before it can run. */
export type Borrowed = OnHost | ReadHere

type Part = string | Secret | Borrowed
type Word = string | number | Secret
type Value = Word | readonly Word[] | Sh | Borrowed

/**
 * Shell text as you would type it. Values are quoted for POSIX sh: a string becomes one word, an array becomes words,
 * other shell text goes in as it is. Write no quotes around `${…}`. The template is read raw; only \` and \${ are undone.
 * @throws TypeError for a string that no shell can carry (NUL, a lone surrogate).
 */
export function sh(template: TemplateStringsArray, ...values: readonly Value[]): Sh {
  const parts: Part[] = [undo(template.raw[0] ?? '')]
  for (const [index, value] of values.entries()) {
    parts.push(...partsOf(value), undo(template.raw[index + 1] ?? ''))
  }
  return { parts }
}

/** The same truth, asked of (or made on) another host. */
export const on = (host: Host, text: Sh): OnHost => ({ on: host, sh: text })

/** A probe whose exit status `exit` means "there is none"; the engine's own status for that is 44. */
export const none = (probe: Sh, { exit }: { exit: number }): Sh =>
  sh`( ${probe} ); rc=$?; if [ $rc = ${exit} ]; then exit 44; fi; exit $rc`

/** One word for POSIX sh. Single quotes hold every character but themselves (POSIX.1-2017, Shell Command Language, 2.2.2). */
export function quote(word: string): string {
  if (word.includes('\0')) throw new TypeError('A shell word cannot hold a NUL character.')
  if (!word.isWellFormed()) throw new TypeError('A shell word cannot hold a lone surrogate: it has no UTF-8 form.')
  return /^[A-Za-z0-9_./:@%+,=-]+$/.test(word) && !word.startsWith('=') ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** What runs. `answers` gives what other hosts said, and what was read here, for texts that hold such. */
export const running = (text: Sh, answers?: (from: Borrowed) => string): string =>
  text.parts.map((part) => word(part, (hidden) => quote(hidden.reveal()), answers)).join('')

/** What a person sees. */
export const shown = (text: Sh): string =>
  text.parts.map((part) => word(part, String, () => '‹secret›', false)).join('')

/** What this text needs from other hosts, and from here. */
export const borrowed = (text: Sh): readonly Borrowed[] =>
  text.parts.filter((part): part is Borrowed => typeof part !== 'string' && !(part instanceof Secret))

function word(part: Part, hide: (secret: Secret) => string, ask?: (from: Borrowed) => string, quoted = true): string {
  if (typeof part === 'string') return part
  if (part instanceof Secret) return hide(part)
  if (!ask) throw new TypeError('This text needs an answer from another host, or from here.')
  return quoted ? quote(ask(part)) : ask(part)
}

function partsOf(value: Value): readonly Part[] {
  if (typeof value === 'string') return [quote(value)]
  if (typeof value === 'number') return [String(value)]
  if (value instanceof Secret) return [value]
  if ('parts' in value) return value.parts
  if ('on' in value || 'readHere' in value) return [value]
  return value.flatMap((item, index) => (index ? [' ', ...partsOf(item)] : partsOf(item)))
}

const undo = (raw: string): string =>
  raw.replace(/\\([`$])/g, (all, mark: string, at: number) => (mark === '`' || raw[at + 2] === '{' ? mark : all))
