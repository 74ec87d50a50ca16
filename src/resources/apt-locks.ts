import { resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'

/**
 * Who installs packages just now, as `name (pid n)`, or `none`. All four locks are fcntl locks, which /proc/locks lists by process
 * and inode; files of other file systems may have the same inode, so the process must have the lock file open.
 */
export const holder = sh`set -- /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock
inodes=$(stat -c %i "$@" 2>/dev/null)
pids=$(awk -v "inodes=$inodes" 'BEGIN { split(inodes, list); for (i in list) held[list[i]] } $2 == "POSIX" { split($6, id, ":"); if (id[3] in held) print $5 }' /proc/locks) || exit
for pid in $pids; do
  for file in /proc/"$pid"/fd/*; do
    path=$(readlink "$file") || continue
    for lock in "$@"; do
      if [ "$path" = "$lock" ]; then printf '%s (pid %s)\n' "$(cat "/proc/$pid/comm")" "$pid"; exit; fi
    done
  done
done
echo none`

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
