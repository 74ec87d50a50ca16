import { resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'

/** Nobody else installs packages. A holder is waited for and named, never killed; its lock file is never deleted. */
export const aptLocks = () =>
  resource({
    name: "apt's locks",
    desired: { holder: 'none' },
    actual: { holder },
    fix: () => sh`:`,
    settle: {
      seconds: 600,
      because: sh`printf 'waiting for '; ${holder}`,
      try: 'look at what it does:  tail /var/log/apt/term.log',
    },
  })

// All four locks are fcntl locks, which /proc/locks lists by process and inode.
const holder = sh`inodes=$(stat -c %i /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock 2>/dev/null)
pid=$(awk -v "inodes=$inodes" 'BEGIN { split(inodes, list); for (i in list) held[list[i]] } $2 == "POSIX" { split($6, id, ":"); if (id[3] in held) { print $5; exit } }' /proc/locks) || exit
if [ -n "$pid" ] && command=$(cat "/proc/$pid/comm" 2>/dev/null); then printf '%s (pid %s)\n' "$command" "$pid"; else echo none; fi`
