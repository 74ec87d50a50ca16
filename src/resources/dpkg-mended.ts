import { resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'

/** No installation was cut in its middle: dpkg has nothing left to configure. */
export const dpkgMended = () =>
  resource({
    name: 'dpkg',
    desired: { audit: 'nothing to mend' },
    actual: {
      audit: {
        ask: sh`if [ -n "$(ls -A /var/lib/dpkg/updates)" ]; then echo ' an interrupted update'; else dpkg --audit; fi`,
        read: (answer) => unfinished(answer) || 'nothing to mend',
      },
    },
    fix: () => sh`
    dpkg --configure -a --force-confdef --force-confold || true
    apt-get -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold --fix-broken install
    dpkg --configure -a --force-confdef --force-confold`,
  })

/** The packages that dpkg lists, a line each with a space in front and its description behind. */
const unfinished = (answer: string): string =>
  answer
    .split('\n')
    .filter((line) => line.startsWith(' '))
    .map((line) => line.trim().split(/\s{2,}/)[0])
    .join(', ') || answer.trim()
