import type { Step } from '../../src/engine/resource.ts'
import { step } from '../../src/engine/resource.ts'
import { file } from '../../src/resources/file.ts'
import { packages } from '../../src/resources/packages.ts'
import { systemdUnit } from '../../src/resources/systemd-unit.ts'
import { timeZone } from '../../src/resources/time-zone.ts'
import { user } from '../../src/resources/user.ts'
import type { Wish } from './wish.ts'

/** The wish in groundwork's own words: its own kinds of resources, in a list of one step. */
export const list = (wish: Wish): readonly Step[] => [
  step({
    id: 'bench',
    title: 'The host is as the benchmark says',
    resources: () => [
      packages(...wish.packages),
      ...wish.users.map(user),
      ...wish.files.map(({ path, content, mode }) => file(path, { content, mode })),
      ...wish.units.map((unit) => systemdUnit(unit)),
      timeZone(wish.timeZone),
    ],
  }),
]
