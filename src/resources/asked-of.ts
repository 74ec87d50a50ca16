import type { Fix, Probe, Question, Resource } from '../engine/resource.ts'
import { on, type Sh } from '../engine/sh.ts'
import type { Host } from '../inventory/org.ts'

/** The same resource, asked of and repaired on another host: what a manager knows of a worker is the worker's affair. */
export const askedOf = (other: Host, resource: Resource): Resource => ({
  ...resource,
  actual: Object.fromEntries(Object.entries(resource.actual).map(([key, probe]) => [key, probeOn(other, probe)])),
  fix: (changes) => fixOn(other, resource.fix(changes)),
})

const probeOn = (other: Host, probe: Probe): Probe =>
  typeof probe === 'object' && 'ask' in probe
    ? { ask: questionOn(other, probe.ask), read: probe.read }
    : questionOn(other, probe)

const questionOn = (other: Host, question: Question): Question => (isText(question) ? on(other, question) : question)

const fixOn = (other: Host, fix: Fix): Fix =>
  Array.isArray(fix) ? (fix as readonly Fix[]).map((one) => fixOn(other, one)) : isText(fix) ? on(other, fix) : fix

const isText = (value: Question | Fix): value is Sh => typeof value === 'object' && 'parts' in value
