import { sh } from '../engine/sh.ts'

/** Sets `status` to what the daemon says of this host, in JSON. One that starts just now is waited for, 20 s at most. */
export const settledStatus = sh`for moment in $(seq 40); do
  status=$(tailscale status --json --peers=false) || exit
  case $status in *'"BackendState": "NoState"'* | *'"BackendState": "Starting"'*) sleep 0.5 ;; *) break ;; esac
done`
