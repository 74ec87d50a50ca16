import type { Planned } from './job.ts'
import { urnOf } from './urn.ts'

/** A resource in Pulumi's state, as far as it is looked at. */
export interface InState {
  readonly urn: string
  readonly type: string
  readonly id?: string
  readonly dependencies?: readonly string[]
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>
}

/** What is in the state and is not of the list any more, or is another object by now: Pulumi shall not know it, and shall not delete it. */
export const toForget = (org: string, state: readonly InState[], list: readonly Planned[]): readonly string[] =>
  state
    .filter(({ urn, type, id }) => {
      if (!type.startsWith('digitalocean:') || type === TAG) return false
      const planned = list.find(({ wanted }) => urnOf(org, wanted) === urn)
      return !planned || (planned.id !== undefined && planned.id !== id)
    })
    .map(({ urn }) => urn)

const TAG = 'digitalocean:index/tag:Tag'

/** The state without some of it, and without a word of it in the rest. */
export const without = <R extends InState>(state: readonly R[], urns: readonly string[]): readonly R[] =>
  state
    .filter(({ urn }) => !urns.includes(urn))
    .map((one) => ({
      ...one,
      ...(one.dependencies && { dependencies: one.dependencies.filter((urn) => !urns.includes(urn)) }),
      ...(one.propertyDependencies && {
        propertyDependencies: Object.fromEntries(
          Object.entries(one.propertyDependencies).map(([key, all]) => [key, all.filter((urn) => !urns.includes(urn))]),
        ),
      }),
    }))

/** What is there by tag or name and not in the state, to be taken into it as it is. */
export const toAdopt = (org: string, state: readonly InState[], list: readonly Planned[]): readonly string[] =>
  list.flatMap(({ wanted, id }) => {
    const urn = urnOf(org, wanted)
    return id === undefined || state.some((one) => one.urn === urn && one.id === id) ? [] : [urn]
  })
