import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { Fault } from '../engine/fault.ts'
import { LARGEST_BYTES } from './bounds.ts'

/**
 * What a regular file holds, at most one byte more than is ever taken; undefined where there is none. Nothing else is
 * read: a pipe or a device may have no end.
 * @throws Fault (exit 64) where it cannot be read, with `advice` as what to type next
 */
export function bytesOf(file: string, advice: string): Uint8Array | undefined {
  const unreadable = (because: string) => cannotRead(file, because, advice)
  let open: number | undefined
  try {
    // Without O_NONBLOCK, a pipe that nobody writes to would hold us here.
    open = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
    const kind = fstatSync(open)
    if (kind.isDirectory()) throw unreadable('it is a folder')
    if (!kind.isFile()) throw unreadable('it is a pipe or a device, not a file')
    return readUpTo(open, LARGEST_BYTES + 1)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof Fault || code === undefined) throw error
    if (code === 'ENOENT') return undefined
    throw unreadable(REASONS[code] ?? code)
  } finally {
    if (open !== undefined) closeSync(open)
  }
}

export const cannotRead = (file: string, because: string, advice: string): Fault =>
  new Fault(`${file} cannot be read.`, { because, try: advice, exit: 64 })

function readUpTo(open: number, most: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(most)
  let length = 0
  for (;;) {
    const read = readSync(open, bytes, length, most - length, null)
    length += read
    if (read === 0 || length === most) return bytes.subarray(0, length)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTDIR: 'a part of the path is a file, not a folder',
  ELOOP: 'it is a link that leads back to itself',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  ENAMETOOLONG: 'the name is too long',
  ENXIO: 'it is a pipe or a device, not a file',
  ERR_INVALID_ARG_VALUE: 'the name has a NUL character',
}
