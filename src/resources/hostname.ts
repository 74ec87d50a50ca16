import { resource } from '../engine/resource.ts'
import { none, sh } from '../engine/sh.ts'

/** The host's own name, for the kernel, for the next boot, and in its hosts file: without that line sudo waits for DNS. */
export const hostname = (name: string) =>
  resource({
    name: 'hostname',
    desired: { kernel: name, '/etc/hostname': name, '/etc/hosts': `127.0.1.1\t${name}` },
    actual: {
      kernel: sh`uname -n`,
      '/etc/hostname': none(sh`cat /etc/hostname`, { exit: 1 }),
      '/etc/hosts': none(sh`grep '^127\.0\.1\.1[[:space:]]' /etc/hosts`, { exit: 1 }),
    },
    // The hosts file is written in place: in containers it is a mount of its own.
    fix: (changes) => [
      changes.kernel || changes['/etc/hostname'] ? sh`printf '%s\n' ${name} > /etc/hostname; hostname ${name}` : [],
      changes['/etc/hosts']
        ? sh`
    others=$(sed '/^127\.0\.1\.1[[:space:]]/d' /etc/hosts)
    { printf '%s\n' "$others"; printf '127.0.1.1\t%s\n' ${name}; } > /etc/hosts`
        : [],
    ],
  })
