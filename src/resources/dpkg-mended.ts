import { resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'
import { mend } from './apt.ts'
import { aptFault } from './apt-fault.ts'

/** No installation was cut in its middle: dpkg has nothing left to configure or to install again. */
export const dpkgMended = () =>
  resource({
    name: 'dpkg',
    desired: { audit: 'nothing to mend' },
    actual: {
      audit: {
        ask: sh`if [ -n "$(ls -A /var/lib/dpkg/updates)" ]; then echo ' an interrupted update'; fi; dpkg --audit`,
        read: (answer) => unfinished(answer) || 'nothing to mend',
      },
    },
    fix: () => mend,
    explain: aptFault,
  })

/** The packages that dpkg lists, a line each with a space in front and its description behind. */
const unfinished = (answer: string): string =>
  answer
    .split('\n')
    .filter((line) => line.startsWith(' '))
    .map((line) => line.trim().split(/\s{2,}/)[0])
    .join(', ') || answer.trim()
