import { HOST_STATE } from '../engine/left-there.ts'
import type { Guard } from '../engine/resource.ts'
import { LOCK_DIRECTORY } from '../engine/script.ts'
import { type Sh, sh } from '../engine/sh.ts'

const DIRECTORY = `${HOST_STATE}/guard`
const UNDONE = `${HOST_STATE}/reverted`
const UNIT = 'groundwork-revert'
const UNIT_FILE = `/etc/systemd/system/${UNIT}.service`

/** How long a change that could lock us out may stay unproven. */
export const GUARD_SECONDS = 60

/** What `disarm` exits with where the host was faster, and has undone the change. */
export const TOO_LATE = 47

/**
 * Keeps what the step is about to change, and arms its own undoing: by a timer, and by a unit that runs at the next boot,
 * so that a host which locks us out comes back by itself. The last line arms it all at once; what fails before leaves nothing behind.
 */
export const arm = (guard: Guard): Sh => sh`
    if [ -e ${DIRECTORY}/revert ]; then ${DIRECTORY}/revert now; fi
    rm -rf ${DIRECTORY} ${UNDONE}
    trap '${forget}' EXIT
    mkdir -p ${DIRECTORY}/kept
    chmod 700 ${HOST_STATE} ${DIRECTORY}
    for path in ${guard.paths}; do
      # coreutils 9.1 (Debian 12) looks for an absolute path's folders where it stands.
      if [ -e "$path" ] || [ -L "$path" ]; then ( cd / && cp -a --parents -- "\${path#/}" ${DIRECTORY}/kept ); fi
    done
    cat > ${DIRECTORY}/ready <<'REVERT'
${revert(guard)}
REVERT
    chmod 700 ${DIRECTORY}/ready
    cat > ${UNIT_FILE} <<'UNIT'
[Unit]
Description=Undo a change that groundwork could not prove
ConditionPathExists=${DIRECTORY}/revert
After=network.target ssh.service
[Service]
Type=oneshot
ExecStart=${DIRECTORY}/revert
[Install]
WantedBy=multi-user.target
UNIT
    sync --file-system ${DIRECTORY} ${UNIT_FILE}
    systemctl daemon-reload
    systemctl enable --quiet ${UNIT}.service
    ${stopWaiting}
    systemctl reset-failed ${UNIT}-timer.service 2>/dev/null || true
    systemd-run --quiet --collect --unit=${UNIT}-timer --on-active=${GUARD_SECONDS} --timer-property=AccuracySec=1s systemctl start ${UNIT}.service
    mv ${DIRECTORY}/ready ${DIRECTORY}/revert
    trap - EXIT
    sync ${DIRECTORY}`

/** Lets the change stand: it was proven over a new connection. From its second line on, nothing undoes it any more. */
export const disarm = (): Sh => sh`
    if [ -e ${UNDONE} ]; then exit ${TOO_LATE}; fi
    rm -f ${DIRECTORY}/revert
    sync ${HOST_STATE}
    ${forget}`

/** Has the host undone a change? For whoever may no longer write there. */
export const undone: Sh = sh`if [ -e ${UNDONE} ]; then echo yes; else echo no; fi`

/** Undoes at once what an interrupted run left armed. */
export const revertNow = (): Sh => sh`
    if [ -e ${DIRECTORY}/revert ]; then ${DIRECTORY}/revert now; fi
    ${forget}`

// The unit may be waiting for the lock that we hold.
const stopWaiting = sh`systemctl stop ${UNIT}-timer.timer ${UNIT}-timer.service ${UNIT}.service 2>/dev/null || true`

const forget = sh`${stopWaiting}
    systemctl disable --quiet ${UNIT}.service 2>/dev/null || true
    rm -rf ${DIRECTORY} ${UNIT_FILE} ${UNDONE}
    systemctl daemon-reload`

// It needs nothing but what the host has: neither accounts nor names, which are what it brings back.
const revert = ({ paths, reload }: Guard): Sh => sh`#!/bin/sh
# Puts back what a run changed and could not prove. Written by groundwork before the change.
umask 077
# A change that is still being made is waited for, and has as long again to be proven. 'now' says that we are the one who acts.
if [ "$1" != now ]; then
  mkdir -p ${LOCK_DIRECTORY}
  exec 8>>${LOCK_DIRECTORY}/acting
  until flock --nonblock 8; do flock 8; flock --unlock 8; sleep ${GUARD_SECONDS}; done
fi
[ -e ${DIRECTORY}/revert ] || exit 0
failed=
for path in ${paths}; do
  kept=${DIRECTORY}/kept$path new=$path.groundwork
  rm -rf -- "$new"
  if [ -e "$kept" ] || [ -L "$kept" ]; then
    mkdir -p -- "\${path%/*}" && cp -a -- "$kept" "$new" || { failed=yes; continue; }
    if [ -d "$path" ] || [ -d "$new" ]; then rm -rf -- "$path"; fi
    mv -fT -- "$new" "$path" || failed=yes
  else
    rm -rf -- "$path" || failed=yes
  fi
done
sync
( ${reload} ) 8>&-
# What could not be put back is tried again: at the next boot, by the next run.
[ -z "$failed" ] || exit 1
date -u +%Y-%m-%dT%H:%M:%SZ > ${UNDONE}
echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) the host has undone a change that groundwork could not prove" >> /var/log/groundwork.log
rm -f ${DIRECTORY}/revert
systemctl stop ${UNIT}-timer.timer 2>/dev/null
systemctl disable --quiet ${UNIT}.service
rm -rf ${DIRECTORY} ${UNIT_FILE}`
