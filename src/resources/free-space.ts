import { resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'

/** There is room in this directory's file system, in bytes and in inodes. What is missing apt's cache may give back; the rest is told. */
export const freeSpace = (directory: string, { MiB, inodes }: { readonly MiB: number; readonly inodes: number }) => {
  const ask = sh`stat --file-system --format '%a %S %c %d' ${directory}`
  return resource({
    name: `free space in ${directory}`,
    desired: { bytes: `at least ${MiB} MiB`, inodes: `at least ${inodes}` },
    actual: {
      bytes: {
        ask,
        read: (answer) => {
          const [blocks, size] = numbers(answer)
          const free = Math.floor((blocks * size) / 2 ** 20)
          return free >= MiB ? `at least ${MiB} MiB` : `${free} MiB`
        },
      },
      inodes: {
        ask,
        read: (answer) => {
          const [, , all, free] = numbers(answer)
          // btrfs has no fixed number of inodes, and says 0.
          return all === 0 || free >= inodes ? `at least ${inodes}` : String(free)
        },
      },
    },
    fix: () => sh`apt-get clean || true
    set -- $(${ask})
    free=$(($1 * $2 / 1048576))
    [ $free -ge ${MiB} ] || { echo ${directory}": $free MiB are free, ${MiB} are needed"; exit 1; }
    [ $3 = 0 ] || [ $4 -ge ${inodes} ] || { echo ${directory}": $4 inodes are free, ${inodes} are needed"; exit 1; }`,
    explain: (said) => ({
      what: 'There is not enough room; nothing was begun.',
      because: said.trim().split('\n').at(-1) ?? '',
      try: said.includes('inodes are free')
        ? `where are so many files?  du -x --inodes ${directory} | sort -n | tail -n 20; the same command goes on where this stopped`
        : `what takes it?  du -xh ${directory} | sort -h | tail -n 20; docker system df; the same command goes on where this stopped`,
    }),
  })
}

const numbers = (answer: string): readonly [number, number, number, number] => {
  const [blocks = 0, size = 0, all = 0, free = 0] = answer.split(' ').map(Number)
  return [blocks, size, all, free]
}
