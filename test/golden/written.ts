import type { Placed } from '../../src/engine/placed.ts'
import type { Changes, Fix, Resource, Step } from '../../src/engine/resource.ts'
import { shown } from '../../src/engine/sh.ts'

/** The plan of hosts on which nothing is yet, for people: step by step what must be so, and the shell that makes it so. */
export function written(list: readonly Placed[], steps: readonly Step[]): string {
  const seen = new Map<string, string>()
  let id: string | undefined
  return list
    .flatMap((placed) => {
      const title = steps.find((step) => step.id === placed.step)?.title
      const heading = placed.step === id ? [] : ['', `━━ ${placed.step}: ${title} ━━`]
      id = placed.step
      return [...heading, '', ...one(placed, seen)]
    })
    .join('\n')
    .trim()
}

function one({ host, resource }: Placed, seen: Map<string, string>): readonly string[] {
  const name = `${host.name} › ${resource.name}`
  const text = fixOf(resource, seen)
  // What differs in the resource's own name alone is the same to a reader.
  const [subject = ''] = resource.name.split(' ').slice(-1)
  const kind = text.replaceAll(subject, '‹name›')
  const before = seen.get(text) ?? seen.get(kind)
  if (text && before === undefined) seen.set(text, name).set(kind, `${name}, with this name`)
  const fix = before === undefined ? text.split('\n') : [`(as for ${before})`]
  return [name, ...desired(resource), ...more(resource), ...(text && text !== ':' ? fix.map(indented) : [])]
}

const indented = (line: string): string => `    ${line}`.trimEnd()

// All files are written by the same lines: once whole, then only what goes in.
function fixOf(resource: Resource, seen: Map<string, string>): string {
  const text = fixText(resource.fix(nothingThere(resource))).trimEnd()
  if (!resource.name.startsWith('file ')) return text
  const first = seen.get('a file')
  if (first === undefined) seen.set('a file', resource.name)
  if (first === undefined || !resource.show) return text
  return `(written like ${first}, with)\n${resource.show.wanted.trimEnd()}`
}

const nothingThere = ({ desired }: Resource): Changes =>
  Object.fromEntries(Object.entries(desired).map(([key, to]) => [key, { from: undefined, to }]))

function desired({ desired }: Resource): readonly string[] {
  const widest = Math.max(...Object.keys(desired).map((key) => key.length))
  return Object.entries(desired).flatMap(([key, value]) => {
    const [first = '', ...rest] = String(value).split('\n')
    return [
      `  ${key.padEnd(widest)}  ${first}`.trimEnd(),
      ...rest.map((line) => `  ${' '.repeat(widest)}  ${line}`.trimEnd()),
    ]
  })
}

function more({ interrupts, destroys, settle }: Resource): readonly string[] {
  return [
    ...(interrupts ? [`  then ${interrupts}`] : []),
    ...(destroys ? [`  asks first: ${destroys}`] : []),
    ...(settle ? [`  may take ${settle.seconds} s`] : []),
  ]
}

function fixText(fix: Fix): string {
  if (typeof fix === 'function') return '(done from here, by an API)'
  if (Array.isArray(fix)) return (fix as readonly Fix[]).map(fixText).join('\n')
  const single = fix as Exclude<Fix, readonly Fix[] | ((signal: AbortSignal) => Promise<void>)>
  if ('stream' in single) {
    const { from, to, read, write } = single.stream
    return `(on ${from.name})\n${plain(shown(read))}\n(what that prints goes to ${to.name}, into)\n${plain(shown(write))}`
  }
  if ('on' in single) return `(on ${single.on.name})\n${plain(shown(single.sh))}`
  return plain(shown(single))
}

// Indented as in the source it may be; files that travel as base64 are read where they lie, in src/platforms.
const plain = (text: string): string => {
  const lines = text.replace(/^\n+/, '').split('\n')
  const indent = Math.min(...lines.filter((line) => line.trim()).map((line) => line.search(/\S/)))
  return lines
    .map((line) => (line.slice(0, indent).trim() ? line : line.slice(indent)))
    .join('\n')
    .replace(/<<'CONTENT'\n[A-Za-z0-9+/=\n]+\nCONTENT\n/g, '(the file)\n')
}
