import { isId, type Part } from './part.ts'
import { typeOf, urnOf } from './urn.ts'

/** A resource in Pulumi's state, as far as it is looked at. */
export interface InState {
  readonly urn: string
  readonly type: string
  readonly id?: string
  readonly dependencies?: readonly string[]
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>
}

/** What is in the state and is not of the list any more, or is another object by now: Pulumi shall not know it, and shall not delete it. */
export const toForget = (org: string, state: readonly InState[], parts: readonly Part[]): readonly string[] =>
  state
    .filter(({ urn, type, id }) => {
      if (!type.startsWith('digitalocean:') || type === typeOf('Tag')) return false
      const part = parts.find((one) => urnOf(org, one) === urn)
      return !part || (part.id !== undefined && !isId(part.id, id))
    })
    .map(({ urn }) => urn)

/** Links of which the lists do not say that they are so: read again, some of them are a fault; made again, none is. */
export const looseLinks = (org: string, state: readonly InState[], parts: readonly Part[]): readonly string[] =>
  state
    .filter(({ urn, id }) => parts.some((part) => part.link && urnOf(org, part) === urn && !isId(part.id, id)))
    .map(({ urn }) => urn)

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
export const toAdopt = (org: string, state: readonly InState[], parts: readonly Part[]): readonly string[] =>
  parts.flatMap((part) => {
    const urn = urnOf(org, part)
    const isKnown = state.some((one) => one.urn === urn && isId(part.id, one.id))
    return part.id === undefined || part.adoptedAs === false || isKnown ? [] : [urn]
  })
