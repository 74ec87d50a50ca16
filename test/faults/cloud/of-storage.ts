import { begin } from '../../lab/digitalocean/actions.ts'
import { WITH_STORAGE } from '../../lab/digitalocean/inventory.ts'
import type { CloudLab } from '../../lab/digitalocean/lab.ts'
import { part } from '../chance.ts'
import { before, type CloudFault } from './fault.ts'

const ATTACHING = /^POST \/v2\/volumes\/[^/]+\/actions$/

/** What goes wrong with volumes and reserved addresses. */
export const OF_STORAGE: readonly CloudFault[] = [
  { what: 'a volume was made, and the answer is lost', at: [1, 'POST /v2/volumes', 'cut after'], exit: 0 },
  {
    what: 'the call for a volume is lost on its way',
    at: [1, 'POST /v2/volumes', 'cut before'],
    exit: 1,
    says: ['Nobody knows whether DigitalOcean has done it', 'POST /v2/volumes', 'the same command again'],
  },
  { what: '503 where a volume is made', at: [2, 'POST /v2/volumes', { status: 503 }], exit: 0 },
  {
    what: '500 where a volume was made all the same, and lists lag',
    at: [1, 'POST /v2/volumes', { status: 500, carriedOut: true }],
    when: ({ at }) => Object.assign(at.account.lag, { listSeconds: 4 }),
    exit: 0,
  },
  {
    // As their driver for Kubernetes is told it: 403, whatever the token may.
    what: 'the account may have no more on volumes',
    at: [
      1,
      'POST /v2/volumes',
      { status: 403, message: 'failed to create volume: volume/snapshot capacity limit exceeded' },
    ],
    exit: 1,
    says: [
      'block volume data',
      'does not make the volume data: the account has reached a limit',
      'capacity limit exceeded',
      'less than sizeGiB: 50 at data',
      'https://cloud.digitalocean.com/support',
    ],
  },
  {
    what: 'the account may have no more, where a volume grows',
    made: true,
    at: [1, ATTACHING, { status: 403, message: 'error resizing volume: volume/snapshot capacity limit exceeded' }],
    when: ({ write }) => write(1, WITH_STORAGE.replace('sizeGiB: 50', 'sizeGiB: 80')),
    exit: 1,
    says: ['block volume data', 'has reached a limit', 'less than sizeGiB: 80 at data'],
  },
  {
    what: 'somebody else makes a volume of that name at the same moment',
    when: (lab) => volumeMade(lab, []),
    exit: 1,
    says: ['block volume data', 'the name is taken in nyc3', 'give yours another name'],
    remedy: ({ at }) => at.account.volumes.delete('before'),
  },
  {
    what: 'a run that was cut off made the volume a moment ago, and no list shows it yet',
    when: (lab) => {
      lab.at.account.lag.listSeconds = 2
      volumeMade(lab, ['groundwork:mle'])
    },
    exit: 0,
  },
  { what: 'a volume was attached, and the answer is lost', at: [1, ATTACHING, 'cut after'], exit: 0 },
  { what: '503 where a volume is attached', at: [2, ATTACHING, { status: 503 }], exit: 0 },
  {
    what: 'the call that attaches a volume is lost on its way',
    at: [1, ATTACHING, 'cut before'],
    exit: 1,
    says: ['Nobody knows whether DigitalOcean has done it', '/actions', 'the same command again'],
  },
  {
    what: 'attaching ends as errored',
    when: ({ at }) => at.account.actionEnds.set('attach_volume', 'errored'),
    exit: 1,
    says: ['block volume data', 'attach of the volume data', 'errored', 'https://cloud.digitalocean.com/volumes'],
    remedy: ({ at }) => at.account.actionEnds.clear(),
  },
  {
    what: 'all that takes its time takes longer',
    when: ({ at }) => Object.assign(at.account, { actionSeconds: 3 }),
    exit: 0,
  },
  {
    what: 'a new droplet is busy when its volume is attached',
    when: (lab) => {
      lab.at.trouble = before('POST /v2/volumes', () => busyFor(lab, 3))
    },
    exit: 0,
  },
  {
    what: 'a droplet is busy when an address is to lead to it',
    when: (lab) => {
      lab.at.trouble = before('POST /v2/reserved_ips', () => busyFor(lab, 3))
    },
    exit: 0,
  },
  ...part<readonly CloudFault[]>(
    [],
    [
      {
        what: 'a droplet is busy and stays so',
        when: (lab) => {
          lab.at.trouble = before('POST /v2/volumes', () => busyFor(lab, 330))
        },
        exit: 1,
        says: ['droplet mle-1', 'is busy with something else', 'pending event', 'under History'],
        remedy: ({ at }) => at.account.actions.clear(),
      },
    ],
  ),
  // Its address.
  {
    what: 'a run that was cut off made the address a moment ago, and no list shows it yet',
    when: ({ at, droplets }) => {
      at.account.lag.listSeconds = 2
      at.trouble = before('POST /v2/reserved_ips', () => {
        const [ip, madeAt] = ['203.0.113.77', Date.now()]
        at.account.reservedIps.set(ip, { ip, region: 'nyc3', droplet: droplets()[0]?.id, madeAt })
      })
    },
    exit: 0,
  },
  { what: 'an address was made, and the answer is lost', at: [1, 'POST /v2/reserved_ips', 'cut after'], exit: 0 },
  {
    what: 'an address was made, the answer is lost, and lists lag',
    at: [1, 'POST /v2/reserved_ips', { status: 502, carriedOut: true }],
    when: ({ at }) => Object.assign(at.account.lag, { listSeconds: 4 }),
    exit: 0,
  },
  {
    what: 'the call for an address is lost on its way',
    at: [1, 'POST /v2/reserved_ips', 'cut before'],
    exit: 1,
    says: ['Nobody knows whether DigitalOcean has done it', 'POST /v2/reserved_ips', 'the same command again'],
  },
  {
    what: 'the account may have no more addresses',
    at: [1, 'POST /v2/reserved_ips', { status: 422, message: 'This will exceed your Reserved IP limit' }],
    exit: 1,
    says: [
      'reserved IP of mle-1',
      'has reached a limit',
      'exceed your Reserved IP limit',
      'take reservedIp: true from',
    ],
  },
  {
    what: 'an address is not led to its droplet',
    when: ({ at }) => at.account.actionEnds.set('assign_ip', 'errored'),
    exit: 1,
    says: [
      'reserved IP of mle-1',
      'assigning of 203.0.113.',
      'errored',
      'https://cloud.digitalocean.com/networking/reserved_ips',
    ],
    remedy: ({ at }) => at.account.actionEnds.clear(),
  },
]

/** A volume of the same name is there just before ours is asked for. */
function volumeMade({ at }: CloudLab, tags: string[]): void {
  const made = { id: 'before', name: 'data', region: 'nyc3', description: '', created_at: '2026-11-01T00:00:00Z' }
  at.trouble = before('POST /v2/volumes', () =>
    at.account.volumes.set('before', { ...made, tags, sizeGiB: 50, droplet: undefined, madeAt: Date.now() }),
  )
}

/** Something that nobody here has begun, as after a droplet was made. */
function busyFor({ at, droplets }: CloudLab, seconds: number): void {
  const { actionSeconds } = at.account
  at.account.actionSeconds = seconds
  begin(at.account, 'snapshot', droplets()[0]?.id, () => undefined)
  at.account.actionSeconds = actionSeconds
}
