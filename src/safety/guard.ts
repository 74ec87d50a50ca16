import { HOST_STATE } from '../engine/left-there.ts'
import type { Guard } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'

const DIRECTORY = `${HOST_STATE}/guard`
const UNIT = 'groundwork-revert'
/** How long a change that could lock us out may stay unproven. */
export const GUARD_SECONDS = 60

/**
 * Keeps what the step is about to change, and arms its own undoing: by a timer, and by a unit that runs at the next boot,
 * so that a host which locks us out comes back by itself. Written before the timer starts: a cut anywhere leaves nothing armed, or all.
 */
export function arm(guard: Guard): Sh {
  return sh`
    rm -rf ${DIRECTORY}
    mkdir -m 700 -p ${DIRECTORY}
    for path in ${guard.paths}; do
      if [ -e "$path" ] || [ -L "$path" ]; then printf '%s\n' "$path" >> ${DIRECTORY}/kept; else printf '%s\n' "$path" >> ${DIRECTORY}/absent; fi
    done
    touch ${DIRECTORY}/kept ${DIRECTORY}/absent
    tar -C / -cf ${DIRECTORY}/kept.tar -P -T ${DIRECTORY}/kept
    cat > ${DIRECTORY}/revert <<'REVERT'
#!/bin/sh
# Puts back what a run changed and could not prove. Written by groundwork before the change.
while IFS= read -r path; do rm -rf -- "$path"; done < ${DIRECTORY}/absent
while IFS= read -r path; do rm -rf -- "$path"; done < ${DIRECTORY}/kept
tar -C / -xpf ${DIRECTORY}/kept.tar -P
( ${guard.reload} )
date -u +%Y-%m-%dT%H:%M:%SZ > ${HOST_STATE}/reverted
systemctl disable ${UNIT}.service
rm -rf ${DIRECTORY}
REVERT
    chmod 700 ${DIRECTORY}/revert
    cat > /etc/systemd/system/${UNIT}.service <<'UNIT'
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
    sync
    systemctl daemon-reload
    systemctl enable --quiet ${UNIT}.service
    systemctl stop ${UNIT}-timer.timer ${UNIT}-timer.service 2>/dev/null || true
    systemctl reset-failed ${UNIT}-timer.service 2>/dev/null || true
    systemd-run --quiet --collect --unit=${UNIT}-timer --on-active=${GUARD_SECONDS} --timer-property=AccuracySec=1s systemctl start ${UNIT}.service`
}

/** Lets the change stand: it was proven over a new connection. */
export const disarm = (): Sh => sh`
    systemctl stop ${UNIT}-timer.timer 2>/dev/null || true
    systemctl disable --quiet ${UNIT}.service
    rm -rf ${DIRECTORY} /etc/systemd/system/${UNIT}.service ${HOST_STATE}/reverted
    systemctl daemon-reload`

/** Undoes at once what an interrupted run left armed. */
export const revertNow = (): Sh => sh`
    systemctl stop ${UNIT}-timer.timer 2>/dev/null || true
    systemctl start ${UNIT}.service
    rm -f /etc/systemd/system/${UNIT}.service ${HOST_STATE}/reverted
    systemctl daemon-reload`
