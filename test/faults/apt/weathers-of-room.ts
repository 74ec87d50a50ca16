import type { PackageWish } from '../../lab/apt/debian-package.ts'
import { publishing, sun, type Weather } from './weather.ts'

const fat: PackageWish = { name: 'fat', files: { 'opt/fat/data': 'thunder '.repeat(4e6) } }

// Everything under /var in a file system of its own, with this much room.
const small = (options: string) => `mkdir -p /mnt/var; mount -t tmpfs -o ${options} tmpfs /mnt/var
cp -ax /var/. /mnt/var; mount --bind /mnt/var /var`

/** No room. Nothing may be half-installed by it, and what was there stays. */
export const weathersOfRoom: readonly Weather[] = [
  {
    name: '/var is full',
    quick: true,
    wanted: ['sun'],
    only: ['ready'],
    make: publishing([sun], small('size=256m,mode=755')),
    outcome: 'fails',
    seconds: 40,
    says: [
      /There is not enough room; nothing was begun\./,
      /because +\/var: \d+ MiB are free, 2048 are needed/,
      /du -xh \/var/,
    ],
    mend: (place) => place.sh('umount -l /var; umount -l /mnt/var'),
  },
  {
    name: '/var has no inodes left',
    wanted: ['sun'],
    only: ['ready'],
    make: publishing([sun], small('size=4g,mode=755,nr_inodes=$(( $(find /var -xdev | wc -l) + 2000 ))')),
    outcome: 'fails',
    seconds: 40,
    says: [
      /There is not enough room; nothing was begun\./,
      /because +\/var: \d+ inodes are free, 20000 are needed/,
      /du -x --inodes \/var/,
    ],
    mend: (place) => place.sh('umount -l /var; umount -l /mnt/var'),
  },
  {
    name: 'there is no room for what is downloaded',
    wanted: ['fat'],
    make: publishing(
      [{ ...fat, scripts: {} }],
      'mount -t tmpfs -o size=20k tmpfs /var/cache/apt/archives; mkdir /var/cache/apt/archives/partial',
    ),
    outcome: 'fails',
    seconds: 60,
    says: [/There is no room for the packages\./, /\/var\/cache\/apt\/archives/, /df -h/],
    mend: (place) => place.sh('umount -l /var/cache/apt/archives'),
  },
  {
    name: 'the room ends while a package is unpacked',
    quick: true,
    wanted: ['fat'],
    make: publishing([fat], 'mkdir -p /opt; mount -t tmpfs -o size=2m tmpfs /opt'),
    outcome: 'fails',
    seconds: 60,
    says: [/There is no room for the packages\./, /No space left on device/, /df -h/],
    mend: (place) => place.sh('umount -l /opt'),
    holds: '[ "$(wc -c < /opt/fat/data)" = 32000000 ]',
  },
]
