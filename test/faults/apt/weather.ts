import type { PackageWish } from '../../lab/apt/debian-package.ts'
import type { Place } from './place.ts'

/** One kind of weather: how it is made, and what a person must then see. A test is a line. */
export interface Weather {
  readonly name: string
  /** Also in the part that runs with every change. */
  readonly quick?: true
  /** What the inventory wants to be installed. */
  readonly wanted?: readonly string[]
  /** The version of Docker that it wants. */
  readonly docker?: string
  /** The steps that are run, one command each. */
  readonly only?: readonly string[]
  readonly make: (place: Place) => Promise<unknown>
  readonly outcome: 'works' | 'fails'
  /** It ends within this time, on a machine that has more to do. */
  readonly seconds: number
  /** The words that are read. */
  readonly says: readonly RegExp[]
  /** After a run that failed: what the person does who has read them. The next run must then work. */
  readonly mend?: (place: Place) => Promise<unknown>
  /** Shell text that must hold at the end. */
  readonly holds?: string
}

/** A package without anything. */
export const sun: PackageWish = { name: 'sun' }

/** Publishes, and does shell on the host. */
export const publishing =
  (packages: readonly PackageWish[], text = ':') =>
  async (place: Place) => {
    await place.publish(packages)
    await place.sh(text)
  }
