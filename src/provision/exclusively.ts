import { type ChildProcess, spawn } from 'node:child_process'
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Fault } from '../engine/fault.ts'

/** How long to wait for the lock, in seconds, and what to say if it is not free then. */
export interface Waiting {
  readonly seconds: number
  readonly held: (path: string) => Fault
}

/**
 * Does work that nobody else on this machine does at the same time. The lock is the kernel's (flock(2)): it is free when this process
 * ends, however it ends, and stays taken as long as a program lives to which `lock` was given. The file may be removed by who holds it.
 */
export async function exclusively<T>(path: string, work: (lock: number) => Promise<T>, wait: Waiting): Promise<T> {
  const file = await locked(path, wait)
  try {
    return await work(file.fd)
  } finally {
    await file.close()
  }
}

async function locked(path: string, wait: Waiting): Promise<FileHandle> {
  for (;;) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const file = await open(path, 'a', 0o600)
    await flock(file.fd, path, wait)
    // While we waited the holder may have removed the file: then what we locked is nobody's.
    const [ours, there] = await Promise.all([file.stat(), stat(path).catch(() => undefined)])
    if (there?.ino === ours.ino) return file
    await file.close()
  }
}

// Node has no flock. A child locks the open file that we share with it, and ends; the lock stays with the file.
const flock = (descriptor: number, path: string, { seconds, held }: Waiting): Promise<void> =>
  new Promise((resolve, reject) => {
    const child: ChildProcess = spawn('flock', ['--wait', String(seconds), '3'], {
      stdio: ['ignore', 'ignore', 'ignore', descriptor],
    })
    child.on('error', reject)
    child.on('exit', (exit) => (exit === 0 ? resolve() : reject(held(path))))
  })
