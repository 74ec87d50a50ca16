import { resource } from '../engine/resource.ts'
import { none, type Sh, sh } from '../engine/sh.ts'

/** The host's own name, for the kernel, for the next boot, and in its hosts file: without that line sudo waits for DNS. */
export const hostname = (name: string) =>
  resource({
    name: 'hostname',
    desired: { kernel: name, '/etc/hostname': name, '/etc/hosts': `127.0.1.1\t${name}`, localhost: 'known' },
    actual: {
      kernel: sh`uname -n`,
      '/etc/hostname': none(sh`cat /etc/hostname`, { exit: 1 }),
      '/etc/hosts': none(sh`grep '^127\.0\.1\.1[[:space:]]' /etc/hosts`, { exit: 1 }),
      localhost: sh`if grep -qs '^127\.0\.0\.1[[:space:]].*\blocalhost\b' /etc/hosts; then echo known; else echo unknown; fi`,
    },
    fix: (changes) => [
      changes.kernel || changes['/etc/hostname']
        ? sh`
    ${replaced('/etc/hostname', sh`printf '%s\n' ${name}`)}
    hostname ${name}`
        : [],
      changes['/etc/hosts'] || changes.localhost
        ? replaced(
            '/etc/hosts',
            sh`{
      grep -q '^127\.0\.0\.1[[:space:]].*\blocalhost\b' /etc/hosts || printf '127.0.0.1\tlocalhost\n'
      sed '/^127\.0\.1\.1[[:space:]]/d' /etc/hosts
      printf '127.0.1.1\t%s\n' ${name}
    }`,
          )
        : [],
    ],
  })

// Whole or not at all: the old one stays until the new one is on disk. In a container the file may be a mount of its own, which can only be written in place.
const replaced = (path: string, text: Sh): Sh => sh`
    [ -e ${path} ] || : > ${path}
    ${text} > ${`${path}.groundwork`}
    chmod 644 ${`${path}.groundwork`}; sync ${`${path}.groundwork`}
    mv ${`${path}.groundwork`} ${path} 2>/dev/null || { cat ${`${path}.groundwork`} > ${path}; rm ${`${path}.groundwork`}; }`
