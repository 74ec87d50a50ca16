import * as digitalocean from '@pulumi/digitalocean'
import * as pulumi from '@pulumi/pulumi'
import { orgTag } from '../digitalocean/names.ts'
import { keyOf, type Part, type PartType, type Told } from './part.ts'
import { urnOf } from './urn.ts'

type Made = ReadonlyMap<string, pulumi.CustomResource>

/**
 * The inline program of everything an organization has at DigitalOcean, in the order of the list. What holds data is protected,
 * and what can only be said when a thing is made is looked at no more once it is.
 */
export const program = (org: string, parts: readonly Part[]) => async (): Promise<void> =>
  makeAll(org, parts, ({ kept = false, replace = false, once = [] }) => ({
    protect: kept && !replace,
    // Two with the same tag, even for a minute, would be one too many.
    deleteBeforeReplace: true,
    ...(!replace && { ignoreChanges: [...once] }),
  }))

/**
 * The same, of what is in the state and of what is to be: takes what has one of the URNs `adopted` into the state as it is found,
 * and changes nothing of any. `inState` are the URNs of those that are there already: what it left out would be deleted.
 */
export const adoption =
  (org: string, parts: readonly Part[], adopted: readonly string[], inState: readonly string[]) =>
  async (): Promise<void> =>
    makeAll(
      org,
      parts.filter((part) => [...adopted, ...inState].includes(urnOf(org, part))),
      (part) => ({
        protect: part.kept === true,
        ignoreChanges: ['*'],
        ...(adopted.includes(urnOf(org, part)) && { import: part.adoptedAs || part.id }),
      }),
    )

function makeAll(org: string, parts: readonly Part[], optionsFor: (part: Part) => pulumi.CustomResourceOptions): void {
  const tag = new digitalocean.Tag(orgTag(org), { name: orgTag(org) })
  const made = new Map<string, pulumi.CustomResource>()
  for (const part of parts) {
    const Resource = CLASSES[part.type]
    const inputs = Object.fromEntries(Object.entries(part.inputs).map(([key, value]) => [key, given(value, made)]))
    const before = (part.after ?? []).flatMap((one) => made.get(one) ?? [])
    const options = {
      ...optionsFor(part),
      dependsOn: [tag, ...before],
      ...(part.hidden && { additionalSecretOutputs: [...part.hidden] }),
    }
    made.set(keyOf(part), new Resource(part.name, inputs, options))
  }
}

type Class = new (
  name: string,
  inputs: Readonly<Record<string, unknown>>,
  options: pulumi.CustomResourceOptions,
) => pulumi.CustomResource

const CLASSES = digitalocean as unknown as { readonly [Type in PartType]: Class }

function given(input: unknown, made: Made): unknown {
  if (Array.isArray(input)) return input.map((one) => given(one, made))
  if (typeof input !== 'object' || input === null) return input
  if ('secret' in input) return pulumi.secret(input.secret)
  if ('toldBy' in input) return toldBy(input as Told, made)
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, given(value, made)]))
}

function toldBy({ toldBy, property, isNumber }: Told, made: Made): unknown {
  const one = made.get(toldBy)
  // Only where things are adopted as they are, and what is said of them does not matter.
  if (!one) return isNumber ? 0 : ''
  const value = (one as unknown as Readonly<Record<string, pulumi.Output<string>>>)[property]
  return isNumber ? value?.apply(Number) : value
}
