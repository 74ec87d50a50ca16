import { step } from '../engine/resource.ts'
import { aptLocks } from '../resources/apt-locks.ts'
import { clock } from '../resources/clock.ts'
import { dpkgMended } from '../resources/dpkg-mended.ts'
import { firstBoot } from '../resources/first-boot.ts'
import { freeSpace } from '../resources/free-space.ts'

/** What everything else needs: the first boot is over, nobody else installs, and there is room. */
export const ready = step({
  id: 'ready',
  title: 'The host is reachable and ready',
  resources: ({ host }) => [
    firstBoot(),
    freeSpace('/var', { MiB: 2048, inodes: 20_000 }),
    freeSpace('/usr', { MiB: 512, inodes: 10_000 }),
    freeSpace('/tmp', { MiB: 64, inodes: 1000 }),
    ...(host.sharesKernel ? [] : [clock()]),
    aptLocks(),
    dpkgMended(),
  ],
})
