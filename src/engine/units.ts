import type { Host } from '../inventory/org.ts'
import type { Carry, Fix, Resource } from './resource.ts'
import { type OnHost, running, type Sh } from './sh.ts'

/** One resource's fix, and who it is for the person who reads a fault. */
export interface Work {
  readonly resource: string
  readonly fix: Fix
  readonly explain?: Resource['explain']
}

/** One thing to run in one place. */
export interface Unit {
  readonly resource: string
  readonly where: Host
  readonly explain: Resource['explain']
  readonly run: Sh | Carry | ((signal: AbortSignal) => Promise<void>)
}

/** What these fixes run, in their order and equal ones once; neighbours on the same host, which go as one script, in one group. */
export const unitsOf = (host: Host, works: readonly Work[]): readonly (readonly Unit[])[] =>
  neighbours(unique(works.flatMap((work) => unitsOfOne(host, work))))

function unitsOfOne(host: Host, { resource, fix, explain }: Work): readonly Unit[] {
  if (typeof fix === 'function') return [{ resource, where: host, explain, run: fix }]
  if (Array.isArray(fix))
    return (fix as readonly Fix[]).flatMap((part) => unitsOfOne(host, { resource, fix: part, explain }))
  const one = fix as Sh | OnHost | Carry
  return 'on' in one
    ? [{ resource, where: one.on, explain, run: one.sh }]
    : [{ resource, where: host, explain, run: one }]
}

function unique(units: readonly Unit[]): readonly Unit[] {
  const seen = new Set<unknown>()
  return units.filter(({ where, run }) => {
    const key =
      typeof run === 'function' || 'stream' in run
        ? run
        : `${where.name}\n${running(run, (from) => ('on' in from ? `${from.on.name} ${running(from.sh)}` : 'read here'))}`
    return !seen.has(key) && seen.add(key)
  })
}

function neighbours(units: readonly Unit[]): readonly (readonly Unit[])[] {
  const groups: Unit[][] = []
  for (const unit of units) {
    const last = groups.at(-1)?.[0]
    if (last && isText(last) && isText(unit) && last.where.name === unit.where.name) groups.at(-1)?.push(unit)
    else groups.push([unit])
  }
  return groups
}

/** Part of a script, and nothing that this machine does itself. */
export const isText = (unit: Unit): unit is Unit & { readonly run: Sh } =>
  typeof unit.run === 'object' && 'parts' in unit.run
