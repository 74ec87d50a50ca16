import { type Sh, sh } from '../engine/sh.ts'

// Without a program of its own, because some fifteen questions of a run begin with it: systemctl would take 10 ms each time.
const daemonRuns = sh`{ name=; read -r pid </run/docker.pid; read -r name </proc/"$pid"/comm; [ "$name" = dockerd ]; } 2>/dev/null`

/**
 * What every question to Docker begins with: no docker on the host is "there is none"; a daemon that does not run is
 * "unknown", because merely asking would let docker.socket start it, and a probe changes nothing.
 */
export const dockerProbe = (question: Sh): Sh => sh`command -v docker >/dev/null || exit 44
${daemonRuns} || { echo 'Docker is not running' >&2; exit 1; }
${question}`

/** A question that only a manager answers: a host that is none, or no longer, has none of it. Locked or without quorum is unknown. */
export const swarmProbe = (question: Sh): Sh =>
  dockerProbe(sh`( ${question} ); rc=$?; [ $rc != 0 ] || exit 0
case $(docker info --format '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}') in
  'inactive false'|'pending false'|'active false') exit 44 ;;
esac
exit $rc`)

/** The same question where a host without Docker or swarm simply has nothing of it: an empty answer instead of "there is none". */
export const orNothing = (question: Sh): Sh => sh`( ${question} ); rc=$?; [ $rc != 44 ] || exit 0
exit $rc`

/** The label by which everything of ours is known. */
export const OURS = 'groundwork.org'

/** The label with the hash of a service's rendered block. */
export const BLOCK = 'groundwork.block'

/** Reads Docker's `--format {{.Labels}}`: a=1,b=2. */
export const labelOf = (labels: string, key: string): string | undefined =>
  labels
    .split(',')
    .find((one) => one.startsWith(`${key}=`))
    ?.slice(key.length + 1)
