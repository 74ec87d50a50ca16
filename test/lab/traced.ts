import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** What a command and all that it starts did with files, sockets and locks, as the kernel was asked for it. */
export interface Traced {
  readonly exit: number | null
  readonly said: string
  /** Every path that was named in any call that succeeded: looked at, read, written. */
  readonly named: ReadonlySet<string>
  /** Opened, to be read alone. */
  readonly read: ReadonlySet<string>
  /** Opened to be written, made, renamed, removed, or given another mode or owner. */
  readonly written: ReadonlySet<string>
  readonly locked: ReadonlySet<string>
  /** Paths of sockets of this machine, and `10.77.0.11:22` of others. */
  readonly sockets: ReadonlySet<string>
}

/** Runs shell text under strace, which follows every process that comes of it. */
export function traced(text: string, env: Readonly<Record<string, string>>): Promise<Traced> {
  const directory = mkdtempSync(join(tmpdir(), 'traced-'))
  // One file a process, so that no call is cut in two by another's; descriptors with their paths.
  const words = ['-ff', '-y', '-qq', '-s', '4096', '-e', 'trace=%file,%network,flock,fcntl,fchmod,fchown,ftruncate']
  return new Promise((done, reject) => {
    const child = spawn('strace', [...words, '-o', join(directory, 'trace'), 'sh', '-c', text], {
      // What goes through a ring is seen by no tracer.
      env: { ...process.env, UV_USE_IO_URING: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
    child.on('error', reject)
    child.on('close', (exit) => {
      const lines = readdirSync(directory).flatMap((file) => readFileSync(join(directory, file), 'utf8').split('\n'))
      rmSync(directory, { recursive: true })
      done({ exit, said, ...sorted(lines) })
    })
  })
}

function sorted(lines: readonly string[]) {
  const [named, read, written, locked, sockets] = [0, 1, 2, 3, 4].map(() => new Set<string>()) as [
    Set<string>,
    Set<string>,
    Set<string>,
    Set<string>,
    Set<string>,
  ]
  for (const line of lines) {
    const [, call = '', rest = '', result = ''] = /^(\w+)\((.*)\)\s+= (.*)$/.exec(line) ?? []
    // A connection that is under way counts.
    if (!call || (result.startsWith('-1') && !result.includes('EINPROGRESS'))) continue
    const paths = [...rest.matchAll(/(?:AT_FDCWD|\d+)?(?:<([^>]*)>, )?"((?:[^"\\]|\\.)*)"/g)].map(([, at, path = '']) =>
      resolve(at ?? process.cwd(), path),
    )
    if (/^(connect|bind|sendto|sendmsg)$/.test(call)) {
      const [, path] = /sun_path=@?"([^"]*)"/.exec(rest) ?? []
      const [, port, address] = /port=htons\((\d+)\).*?"([^"]+)"/.exec(rest) ?? []
      if (path !== undefined) sockets.add(path)
      if (address !== undefined) sockets.add(`${address}:${port}`)
      continue
    }
    const [, descriptor = ''] = /^\d+<([^>]*)>/.exec(rest) ?? []
    if (call === 'flock' || (call === 'fcntl' && /F_(OFD_)?SETLK/.test(rest))) locked.add(descriptor)
    if (/^(fchmod|fchown|ftruncate)$/.test(call)) written.add(descriptor)
    if (call === 'execve' || call === 'fcntl') continue
    for (const path of paths) named.add(path)
    if (/^(open|openat|openat2|creat)$/.test(call)) {
      const writes = call === 'creat' || /O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)/.test(rest)
      for (const path of paths.slice(0, 1)) (writes ? written : read).add(path)
    } else if (
      /^(rename|link|symlink|unlink|mkdir|rmdir|mknod|chmod|fchmodat|chown|lchown|fchownat|truncate|utime|setxattr)/.test(
        call,
      )
    )
      for (const path of paths) written.add(path)
  }
  return { named, read, written, locked, sockets }
}
