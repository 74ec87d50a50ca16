import { BaseSequencer, type TestSpecification } from 'vitest/node'

// What takes minutes, the longest first. A file that is not named here takes less, and comes behind these.
const LONG = [
  'hosts/trixie',
  'hosts/three-hosts',
  'hosts/bookworm',
  'hosts/from-nothing',
  'hosts/troubles',
  'faults/unmet',
  'faults/apt-weather',
  'faults/lockout',
]

/** Begins with the files that take longest, so that none of them runs alone at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`))
      return index < 0 ? LONG.length : index
    }
    return (await super.sort(files)).sort((one, other) => place(one) - place(other))
  }
}
