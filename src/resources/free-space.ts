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
    fix: () => sh`apt-get clean`,
  })
}

const numbers = (answer: string): readonly [number, number, number, number] => {
  const [blocks = 0, size = 0, all = 0, free = 0] = answer.split(' ').map(Number)
  return [blocks, size, all, free]
}
