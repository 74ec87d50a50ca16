import { HOST_STATE } from '../engine/left-there.ts'
import { type Resource, resource } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'
import { dockerProbe } from './docker.ts'
import { refuse } from './refuse.ts'

/** The id of the swarm that groundwork started. */
const RECORD = `${HOST_STATE}/swarm`
const STARTING = `${HOST_STATE}/swarm.starting`

/** How the first manager starts its swarm. */
export interface SwarmWish {
  /** IPv4 address of this host that the other members use. */
  readonly address: string
  /** CIDRs for overlay networks, the first that no route of this host uses is taken. */
  readonly pools: readonly string[]
}

/**
 * This host manages the swarm that groundwork started on it. Only "none" is repaired: a swarm of somebody else, a locked one,
 * one without quorum and one whose address is gone are told, because every repair of those can lose services for good.
 */
export const swarm = ({ address, pools }: SwarmWish): Resource =>
  resource({
    name: 'swarm',
    desired: { swarm: 'ours', 'task history limit': TASK_HISTORY, autolock: 'false' },
    actual: {
      swarm: { ask: swarmInfo, read: swarmState },
      'task history limit': {
        ask: swarmInfo,
        read: (answer) => fieldOf(answer, (swarm) => swarm.Cluster?.Spec?.Orchestration?.TaskHistoryRetentionLimit),
      },
      autolock: {
        ask: swarmInfo,
        read: (answer) => fieldOf(answer, (swarm) => swarm.Cluster?.Spec?.EncryptionConfig?.AutoLockManagers),
      },
    },
    fix: ({ swarm }) =>
      swarm && swarm.from !== undefined && swarm.from !== 'none' && swarm.from !== UNRECORDED
        ? sh`${passing(swarm.from) ? waited : sh`:`}; ${refuse(`this host's swarm is ${swarm.from}`, remedy(swarm.from))}`
        : [
            swarm && swarm.from !== UNRECORDED ? init(address, pools) : [],
            swarm
              ? sh`docker info --format '{{.Swarm.Cluster.ID}}' > ${RECORD}.new; mv ${RECORD}.new ${RECORD}; rm -f ${STARTING}`
              : [],
            sh`docker swarm update --task-history-limit ${TASK_HISTORY} --autolock=false >/dev/null`,
          ],
  })

// A dead container keeps its disk, so few are kept; but three failures must be seen to tell a crash loop from a stumble.
const TASK_HISTORY = '4'

const UNRECORDED = 'ours, not recorded'

// For some seconds after Docker's start a manager has not yet found itself, or the others.
const passing = (state: string): boolean => state === 'pending' || state.startsWith('without quorum')
const waited = sh`
    for second in $(seq 30); do
      if [ -n "$(docker info --format '{{with .Swarm.Cluster}}{{.ID}}{{end}}')" ]; then exit 0; fi
      sleep 1
    done`

/** What Docker says of the swarm, what we recorded, and the addresses of this host. */
export const swarmInfo: Sh = dockerProbe(sh`docker info --format '{{json .Swarm}}' || exit
if [ -e ${RECORD} ]; then cat ${RECORD}; elif [ -e ${STARTING} ]; then echo starting; else echo none; fi
ip -o -4 address show | tr -s ' ' | cut -d ' ' -f 4`)

interface Told {
  readonly LocalNodeState: string
  readonly NodeAddr: string
  readonly ControlAvailable: boolean
  readonly Error: string
  readonly RemoteManagers: readonly { readonly Addr: string }[] | null
  readonly Cluster?: {
    readonly ID?: string
    readonly Spec?: {
      readonly Orchestration?: { readonly TaskHistoryRetentionLimit?: number }
      readonly EncryptionConfig?: { readonly AutoLockManagers?: boolean }
    }
  } | null
}

/** In words: none, ours, or what is the matter. */
export function swarmState(answer: string): string {
  const { told, recorded, addresses } = readSwarm(answer)
  if (told.LocalNodeState === 'inactive') return 'none'
  if (told.LocalNodeState === 'locked') return 'locked'
  if (told.LocalNodeState === 'error') return `broken: ${told.Error}`
  if (told.LocalNodeState !== 'active') return told.LocalNodeState
  if (!told.ControlAvailable) return 'foreign: this host is a worker in it'
  if (!told.Cluster?.ID) return `without quorum: ${told.Error || 'no manager leads it'}`
  if (recorded === 'starting') return UNRECORDED
  if (recorded !== told.Cluster.ID) return `foreign: groundwork did not start it (${told.Cluster.ID})`
  if (!addresses.includes(told.NodeAddr)) return `on an address that this host no longer has: ${told.NodeAddr}`
  return 'ours'
}

/** The three parts of the answer to `swarmInfo`. */
export function readSwarm(answer: string) {
  const [json = '{}', recorded = 'none', ...addresses] = answer.split('\n')
  return {
    told: JSON.parse(json) as Told,
    recorded,
    addresses: addresses.map((address) => address.split('/')[0] ?? ''),
  }
}

const fieldOf = (answer: string, field: (told: Told) => number | boolean | undefined): string | undefined => {
  const value = field(readSwarm(answer).told)
  return value === undefined ? undefined : String(value)
}

function remedy(state: string): string {
  if (state === 'locked') return 'unlock it:  docker swarm unlock'
  if (state.startsWith('foreign: groundwork'))
    return `if it is to become ours:  docker info --format '{{.Swarm.Cluster.ID}}' > ${RECORD}\nif nobody needs it:  docker swarm leave --force`
  if (state.startsWith('foreign')) return 'if nobody needs it:  docker swarm leave'
  if (state.startsWith('without quorum'))
    return 'bring back the managers that are down; if they are lost for good:  docker swarm init --force-new-cluster on the one that is left'
  return 'look at it:  docker info; journalctl -u docker. To start over (services are made again, volumes stay):  docker swarm leave --force'
}

const init = (address: string, pools: readonly string[]): Sh => sh`
    mkdir -p ${HOST_STATE}; chmod 700 ${HOST_STATE}
    ip -o -4 address show | grep -qF ${` ${address}/`} || { echo ${`${address} is on no interface of this host`} >&2; exit 1; }
    for pool in ${pools}; do
      if [ -z "$(ip -4 route list root "$pool"; ip -4 route list match "$pool" | grep -v ^default)" ]; then break; fi
      pool=
    done
    [ -n "$pool" ] || { echo ${`all of ${pools.join(', ')} are in use by this host's routes`} >&2; exit 1; }
    touch ${STARTING}; sync ${STARTING}
    docker swarm init --advertise-addr ${address} --default-addr-pool "$pool" --default-addr-pool-mask-length 24 >/dev/null`
