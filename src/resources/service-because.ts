import { type Sh, sh } from '../engine/sh.ts'
import type { Wellness } from './service-state.ts'

/**
 * Why a service is not well yet, in Swarm's words and the program's last lines. Exit 1: it will not become so by itself.
 * Only tasks of the present specification since the last update count: what failed before the fix says nothing about it.
 */
export const serviceBecause = (name: string, well: Wellness): Sh => sh`name=${name} wanted=${well.state}
${WORDS}
${READ}
${JUDGE}`

const WORDS = sh`meaning() {
  case $1 in
    126) echo ' (found, but not executable)' ;;
    127) echo ' (command not found)' ;;
    134) echo ' (aborted)' ;;
    137) if [ "$2" = true ]; then echo ' (out of memory: killed at its limit)'; else echo ' (killed: out of memory, or by force)'; fi ;;
    139) echo ' (crashed: invalid memory access)' ;;
    143) echo ' (terminated)' ;;
  esac
}
often() { if [ "$1" = 1 ]; then echo once; else echo "$1 times"; fi; }
lines_of() {
  said=$(timeout 5 docker service logs --raw --tail 20 "$1" 2>&1 | cut -c 1-300 | sed 's/^/  /')
  if [ -n "$said" ]; then echo 'its last lines:'; echo "$said"; else echo 'it printed nothing'; fi
}
health_of() {
  docker container inspect --format '{{with .State.Health}}{{range .Log}}{{.Output}}{{println}}{{end}}{{end}}' "$1" 2>/dev/null |
    grep . | tail -n 3 | cut -c 1-300 | sed 's/^/  health check: /'
}`

// Of the tasks since the last update: the newest one that failed, and the newest that Swarm still wants.
const READ = sh`format='{{if .UpdateStatus}}{{json .UpdateStatus.StartedAt}}{{else}}{{json .UpdatedAt}}{{end}}'
since=$(docker service inspect --format "$format" "$name" 2>/dev/null) || { echo 'Swarm has no such service'; exit 0; }
since=$(date --date "$(echo "$since" | tr -d '"')" +%s) || exit 0
since=$(date --utc --date "@$((since - 2))" +%FT%T)
patience=$(date --utc --date '15 seconds ago' +%FT%T)
update=$(docker service inspect --format '{{with .UpdateStatus}}{{.State}}{{end}}' "$name")
message=$(docker service inspect --format '{{with .UpdateStatus}}{{.Message}}{{end}}' "$name")
condition=$(docker service inspect --format '{{with .Spec.TaskTemplate.RestartPolicy}}{{.Condition}}{{end}}' "$name")
part='{{with .ContainerSpec}}{{json .Image}}{{json .Command}}{{json .Args}}{{json .Env}}{{json .User}}{{json .Mounts}}{{json .Healthcheck}}{{json .Secrets}}{{json .Configs}}{{end}}{{json .Networks}}'
present=$(docker service inspect --format "{{with .Spec.TaskTemplate}}$part{{end}}" "$name")
tasks=$(docker service ps --quiet --no-trunc "$name")
case $update in
  rollback_*) ;;
  *) [ -z "$tasks" ] || tasks=$(docker inspect --type task --format "{{.ID}} {{with .Spec}}$part{{end}}" $tasks 2>/dev/null |
    PRESENT=$present awk '{ id = $1; sub(/^[^ ]* /, "") } $0 == ENVIRON["PRESENT"] { print id }') ;;
esac
format='{{.ID}}|{{.DesiredState}}|{{.Status.State}}|{{json .CreatedAt}}|{{with .Status.ContainerStatus}}{{.ExitCode}}|{{.ContainerID}}{{else}}|{{end}}|{{.Status.Err}}'
[ -z "$tasks" ] || tasks=$(docker inspect --type task --format "$format" $tasks 2>/dev/null)
failures=0 failed= failed_at= failed_state= failed_exit= failed_container= failed_error=
current= current_at= current_state= current_container= current_error=
while IFS='|' read -r id desired state created exit container error; do
  created=$(echo "$created" | tr -d '"')
  [ -n "$id" ] && [ "$created" \> "$since" ] || continue
  case $state in
    failed|rejected|complete)
      # A program that ends well when told to is "complete" even where a failed health check told it to.
      [ "$state $wanted" != 'complete complete' ] || continue
      failures=$((failures + 1))
      if [ "$created" \> "$failed_at" ]; then
        failed=$id failed_at=$created failed_state=$state failed_exit=$exit failed_container=$container failed_error=$error
      fi ;;
    *)
      case $desired in running|ready|complete)
        if [ "$created" \> "$current_at" ]; then
          current=$id current_at=$created current_state=$state current_container=$container current_error=$error
        fi ;;
      esac ;;
  esac
done <<TASKS
$tasks
TASKS`

const JUDGE = sh`hopeless=0
case $update in
  paused) echo "Swarm has paused the update: $message"; hopeless=1 ;;
  rollback_paused) echo "Swarm wanted to roll back, and has paused that too: $message"; hopeless=1 ;;
  rollback_*) echo "the new version failed, and Swarm has gone back to the previous one: $message"; hopeless=1 ;;
esac
if [ -n "$failed" ]; then
  killed=$(docker container inspect --format '{{.State.OOMKilled}}' "$failed_container" 2>/dev/null)
  # Docker calls every container that has stopped unhealthy: what counts is how often in a row its check had failed.
  streak=$(docker container inspect --format '{{with .State.Health}}{{.FailingStreak}}{{end}}' "$failed_container" 2>/dev/null)
  retries=$(docker container inspect --format '{{with .Config.Healthcheck}}{{.Retries}}{{end}}' "$failed_container" 2>/dev/null)
  [ "\${retries:-0}" != 0 ] || retries=3
  [ "\${streak:-0}" -lt "$retries" ] || failed_error='unhealthy container'
  case $failed_error in
    *'No such image'*|*'manifest unknown'*|*'pull access denied'*)
      echo "its image is not on that host and cannot be fetched: $failed_error"; exit 1 ;;
    *'bind source path does not exist'*) echo "a directory it mounts is not there: $failed_error"; exit 1 ;;
    *'executable file not found'*|*'no such file or directory: unknown'*)
      echo "command not found in the image: $failed_error"; exit 1 ;;
    *'unhealthy container'*)
      echo "its health check failed, and Swarm ended it ($(often "$failures"))"; health_of "$failed_container" ;;
    *'port is already allocated'*|*'address already in use'*)
      echo "a port of the host is taken by something else ($(often "$failures")): $failed_error" ;;
    *'non-zero exit'*) echo "it ended with exit $failed_exit$(meaning "$failed_exit" "$killed"), $(often "$failures")" ;;
    '') echo "it ended by itself with exit 0, $(often "$failures")" ;;
    *) echo "Swarm's task was $failed_state ($(often "$failures")): $failed_error" ;;
  esac
  if [ "$condition" = none ] || [ "$condition $failed_state" = 'on-failure complete' ] || { [ -z "$current" ] && [ "$failed_at" \< "$patience" ]; }; then
    echo 'it is not started again'; hopeless=1
  fi
  [ "$failures" -lt 3 ] || hopeless=1
  case $failed_state$failed_error in rejected*|*'starting container failed'*) ;; *) lines_of "$failed" ;; esac
  exit $hopeless
fi
[ $hopeless = 0 ] || exit 1
case $current_state in
  '') echo 'Swarm has not made a task yet' ;;
  pending)
    echo "no host takes it: $current_error"
    if [ "$current_at" \< "$patience" ]; then exit 1; fi ;;
  starting) echo 'it has started; its health check has not passed yet'; health_of "$current_container"; lines_of "$current" ;;
  running) if [ "$wanted" = complete ]; then echo 'it is still running'; else echo 'it runs; whether it stays is not proven yet'; fi ;;
  *) echo "its task is $current_state" ;;
esac
exit 0`
