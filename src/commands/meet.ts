import pLimit from 'p-limit'
import type { Report } from '../engine/event.ts'
import { type Contact, firstContact } from '../engine/facts.ts'
import { Fault } from '../engine/fault.ts'
import type { Remote } from '../engine/remote.ts'
import { Secret } from '../engine/secret.ts'
import { bytesOf, cannotRead } from '../inventory/file-bytes.ts'
import type { LockFile } from '../inventory/lock-file-schema.ts'
import type { Facts, HostWish, Org } from '../inventory/org.ts'
import { isUnmet } from '../provision/first-contact/place.ts'
import type { FirstContact } from '../provision/first-contact/record.ts'
import { providerOf } from '../provision/index.ts'
import type { Endpoint } from '../provision/provider.ts'
import type { Entered } from './by-tailnet.ts'
import type { Pin, WayIn } from './way-in.ts'
import { whenItIsUp } from './when-it-is-up.ts'

/** A host that was met: its facts, and how to come again. */
export interface Met extends Entered {
  readonly contact: Contact
  readonly reconnect: () => Promise<Remote>
}

/** A host that does not exist yet, or could not be met. */
export interface NotMet {
  readonly wish: HostWish
  readonly fault: Fault | undefined
}

/** How people are asked. Both are undefined where nobody can be asked. */
export interface Asking {
  readonly password?: (host: HostWish) => Promise<Secret>
  readonly confirmKey?: (host: HostWish, fingerprint: string) => Promise<boolean>
}

// More would only wait for this machine's processor; how many go through one sshd, the way in sees to.
const HOSTS_AT_ONCE = 32

/** Makes the hosts that do not exist yet (unless this is a plan), then connects to all of them at once. */
export async function meetAll(
  org: Org,
  lockFile: LockFile,
  plan: boolean,
  asking: Asking,
  report: Report,
): Promise<readonly (Met | NotMet)[]> {
  const atOnce = pLimit(HOSTS_AT_ONCE)
  return Promise.all(
    org.hosts.map((wish) =>
      atOnce(async () => {
        try {
          return await meet(org, wish, lockFile, plan, asking, report)
        } catch (error) {
          if (!(error instanceof Fault)) throw error
          return { wish, fault: error }
        }
      }),
    ),
  )
}

export const isMet = (one: Met | NotMet): one is Met => 'remote' in one

async function meet(
  org: Org,
  wish: HostWish,
  lockFile: LockFile,
  plan: boolean,
  asking: Asking,
  report: Report,
): Promise<Met | NotMet> {
  const provider = providerOf(wish)
  const started = performance.now()
  const found = await provider.find(org.name, wish)
  if (!found && plan) return { wish, fault: undefined }
  const endpoint = found ?? (await provider.make(org.name, wish, report))
  const unmet =
    endpoint.hostKey === undefined && isUnmet(org.name, wish.name)
      ? (await import('../provision/first-contact/record.ts')).firstContactOf(org.name, wish.name)
      : undefined
  const pin = unmet ? pinOfUnmet(unmet) : pinOf(org, wish, endpoint, lockFile, asking)
  // SSH is loaded when there is somebody to meet: a fault of the inventory is told without it.
  const { wayIn } = await import('./way-in.ts')
  const note = (text: string) => report({ event: 'note', host: wish.name, text })
  const tailnet = org.tailscale?.sshOver && !unmet ? lockFile.hosts[wish.name]?.tailnet : undefined
  const enter = async (known = pin): Promise<WayIn> =>
    (tailnet !== undefined && known.fingerprint !== undefined
      ? await (await import('./by-tailnet.ts')).byTailnet(org, wish, endpoint, known, tailnet, note)
      : undefined) ?? wayIn(org, wish, endpoint, known)
  const first = await (found && (plan || !unmet) ? enter() : whenItIsUp(() => enter(), note))
  const way =
    unmet && !plan ? await (await import('./own-key.ts')).ownKey({ org, wish, endpoint, report }, first, unmet) : first
  const contacted = firstContact(wish, way.remote, endpoint.sharesKernel, passwordOf(wish, asking))
  // First contact takes one of these, and the questions that follow find the other open.
  if (way.destination.user === 'root') way.remote.openAhead(2)
  const contact = await contacted
  if (contact.organization !== undefined && contact.organization !== org.name)
    throw foreign(wish, org.name, contact.organization)
  report({
    event: 'host',
    host: wish.name,
    text: hostWords(wish, contact.facts, found === undefined || unmet !== undefined),
    details: `${details(wish, contact.facts, way)}${way.destination.address === tailnet ? ' · by the tailnet' : ''}`,
    ...((!found || unmet) && { seconds: (performance.now() - started) / 1000 }),
  })
  for (const text of contact.remarks) note(text)
  const inTailnet = way.destination.address === tailnet
  return { ...way, wish, contact, endpoint, inTailnet, reconnect: () => again(wish, enter, way, contact) }
}

// As the next run would make it: the way in is looked for anew, and root must be had.
async function again(
  wish: HostWish,
  enter: (pin: Pin) => Promise<WayIn>,
  first: WayIn,
  contact: Contact,
): Promise<Remote> {
  const { remote } = await enter({ fingerprint: first.fingerprint, source: 'this run' })
  const known = first.remote.become
  await firstContact(wish, remote, contact.facts.sharesKernel, known instanceof Secret ? async () => known : undefined)
  return remote
}

function pinOf(org: Org, wish: HostWish, endpoint: Endpoint, lockFile: LockFile, asking: Asking): Pin {
  const locked = lockFile.hosts[wish.name]
  if (endpoint.hostKey !== undefined)
    return { fingerprint: endpoint.hostKey, source: wish.hostKey ? `from ${org.file}` : 'from when it was made' }
  if (locked) return { fingerprint: locked.hostKey, source: `from the lock file, since ${locked.since}` }
  // A droplet may still show the key of its user data, which must not be pinned as its own: `repin` sees to that.
  const confirmKey = wish.droplet ? undefined : asking.confirmKey
  return { fingerprint: undefined, source: '', confirm: confirmKey && ((seen) => confirmKey(wish, seen)) }
}

// Before the lock file's: a host that was made anew still has its former key there.
const pinOfUnmet = ({ oneTimeKey, nextKey }: FirstContact): Pin => ({
  fingerprint: oneTimeKey,
  or: nextKey,
  source: 'from its user data',
})

function passwordOf(wish: HostWish, asking: Asking): (() => Promise<Secret>) | undefined {
  const { sudoPasswordFile: file } = wish
  if (file !== undefined) return async () => new Secret(passwordIn(file))
  const { password } = asking
  return password && (() => password(wish))
}

function passwordIn(file: string): string {
  const advice = 'correct sudoPasswordFile in the inventory'
  const bytes = bytesOf(file, advice)
  if (!bytes) throw cannotRead(file, 'there is no such file', advice)
  return Buffer.from(bytes)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}

const releases: Readonly<Record<string, string>> = { bookworm: '12', trixie: '13', jammy: '22.04', noble: '24.04' }

const hostWords = (wish: HostWish, { distribution, codename }: Facts, made: boolean): string => {
  const system = `${distribution.charAt(0).toUpperCase()}${distribution.slice(1)} ${releases[codename] ?? codename}`
  const where = { sandbox: 'on this machine', digitalocean: 'at DigitalOcean', existing: undefined }[wish.provider]
  return where === undefined ? system : `${system} ${made ? 'made' : 'found'} ${where}`
}

const details = (wish: HostWish, { primaryAddress, cores, memoryMiB }: Facts, way: WayIn): string =>
  `${primaryAddress} · ${cores} ${cores === 1 ? 'core' : 'cores'} · ${Math.round(memoryMiB / 1024)} GiB · ${way.destination.user} · host key ${way.fingerprint.slice(0, 16)}… (pinned)${wish.role === 'manager' ? '' : ' · worker'}`

const foreign = (wish: HostWish, ours: string, theirs: string): Fault =>
  new Fault(`${wish.name} belongs to the organization ${theirs}, not to ${ours}.`, {
    at: wish.name,
    because: 'it carries their mark in /var/lib/groundwork/organization; nothing was changed',
    try: `take ${wish.name} out of this inventory, or use theirs`,
  })
