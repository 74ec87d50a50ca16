import { questionOf } from '../engine/plan.ts'
import type { Changes, Fix, Resource, Step } from '../engine/resource.ts'
import { Secret } from '../engine/secret.ts'
import { shown } from '../engine/sh.ts'
import type { Known } from '../inventory/known.ts'
import type { Path } from '../inventory/mark.ts'
import { valueAt } from '../inventory/merge.ts'
import type { Org } from '../inventory/org.ts'
import type { Inventory } from '../inventory/schema.ts'
import { steps } from '../steps/index.ts'
import { orgsLike } from './plausible.ts'
import { readsOf } from './reads.ts'

/** What a value of the inventory is for. */
export interface Uses {
  /** Resources that would be others if it were: by step and host. */
  readonly changes: readonly { readonly step: string; readonly host: string; readonly resources: readonly string[] }[]
  /** Steps that read it, and of which nothing changes that can be seen before a run; 'finding the host'. */
  readonly reads: readonly string[]
}

/** Finds out by trying: the steps are built for hosts such as these, once with this value and once with another. */
export function usesOf(inventory: Inventory, file: string, path: Path, known: Known): Uses {
  const value = valueAt(inventory, path)
  const build = () => orgsLike(inventory, file).map(built)
  const before = build()
  const after = tried(() => orgsLike(withOther(inventory, path, other(value, known)), file).map(built))
  const again = build()
  const changes = new Map<string, Map<string, Set<string>>>()
  for (const [index, org] of before.entries()) {
    for (const { step, host, resource } of differences(org, after?.[index], again[index] ?? [])) {
      const hosts = changes.get(step) ?? new Map<string, Set<string>>()
      changes.set(step, hosts.set(host, (hosts.get(host) ?? new Set()).add(resource)))
    }
  }
  return {
    changes: [...changes].flatMap(([step, hosts]) =>
      [...hosts].map(([host, names]) => ({ step, host, resources: [...names] })),
    ),
    reads: readsOf(orgsLike(inventory, file), path).filter((step) => !changes.has(step)),
  }
}

interface Built {
  readonly step: string
  readonly host: string
  readonly resource: string
  readonly text: string
}

const built = (org: Org): readonly Built[] =>
  steps(org).flatMap((step: Step) =>
    (step.hosts?.(org) ?? org.hosts).flatMap((host) =>
      step.resources({ host, org }).map((resource) => ({
        step: step.id,
        host: host.name,
        resource: resource.name,
        text: whole(resource),
      })),
    ),
  )

/** Resources that are others now, or gone; of a step that has none of these, those that are new. */
function differences(
  before: readonly Built[],
  after: readonly Built[] | undefined,
  again: readonly Built[],
): readonly Built[] {
  if (!after) return []
  const [was, is, still] = [textsOf(before), textsOf(after), textsOf(again)]
  // What differs from itself asks for the time of day.
  const changed = before.filter((one) => is.get(keyOf(one)) !== one.text && still.get(keyOf(one)) === one.text)
  const isNew = after.filter((one) => !was.has(keyOf(one)))
  return [...changed, ...isNew.filter(({ step }) => !changed.some((one) => one.step === step))]
}

const keyOf = ({ step, host, resource }: Built): string => JSON.stringify([step, host, resource])
const textsOf = (list: readonly Built[]) => new Map(list.map((one) => [keyOf(one), one.text]))

/** All of a resource that can be compared: what it desires, asks and does. */
function whole(resource: Resource): string {
  const gone: Changes = Object.fromEntries(
    Object.entries(resource.desired).map(([key, to]) => [key, { from: undefined, to }]),
  )
  const desired = Object.entries(resource.desired).map(([key, to]) => [key, to instanceof Secret ? to.reveal() : to])
  const probes = Object.values(resource.actual).map((probe) => {
    const question = questionOf(probe)
    return typeof question === 'function' ? '' : shown('on' in question ? question.sh : question)
  })
  return JSON.stringify([desired, probes, texts(resource.fix(gone)), resource.interrupts])
}

function texts(fix: Fix): readonly string[] {
  if (typeof fix === 'function') return []
  if (Array.isArray(fix)) return (fix as readonly Fix[]).flatMap(texts)
  const one = fix as Exclude<Fix, readonly Fix[] | ((signal: AbortSignal) => Promise<void>)>
  if ('stream' in one) return [shown(one.stream.read), shown(one.stream.write)]
  return [shown('on' in one ? one.sh : one)]
}

// With another value a step may not be buildable at all; who reads it is known then.
function tried<Result>(build: () => Result): Result | undefined {
  try {
    return build()
  } catch {
    return undefined
  }
}

/** Another value of the same kind; whether an inventory may have it does not matter to who uses it. */
function other(value: unknown, { values, example }: Known): unknown {
  if (Array.isArray(value)) return [...value, 'other']
  if (typeof value === 'object' && value !== null) return { ...value, other: 'other' }
  if (values.length) return values.find((one) => one !== value)
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  return value === undefined ? (example ?? 'other') : `${value}other`
}

function withOther(inventory: Inventory, path: Path, value: unknown): Inventory {
  const copy = structuredClone(inventory)
  const above = valueAt(copy, path.slice(0, -1)) as Record<PropertyKey, unknown>
  above[path.at(-1) ?? ''] = value
  return copy
}
