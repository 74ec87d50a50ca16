import { randomBytes } from 'node:crypto'
import pLimit from 'p-limit'
import { askTexts } from '../engine/ask-texts.ts'
import type { Report } from '../engine/event.ts'
import { firstContact } from '../engine/facts.ts'
import { Fault } from '../engine/fault.ts'
import { faultAt } from '../engine/fault-at.ts'
import { lastLines } from '../engine/fix-fault.ts'
import { fingerprint } from '../engine/host-key.ts'
import type { Remote } from '../engine/remote.ts'
import { runFixes } from '../engine/run-fixes.ts'
import { running, type Sh } from '../engine/sh.ts'
import { writeLockFile } from '../inventory/lock-file.ts'
import type { Facts, HostWish, Org } from '../inventory/org.ts'
import { type FirstContact, forgetFirstContact, rememberFirstContact } from '../provision/first-contact/record.ts'
import type { Endpoint } from '../provision/provider.ts'
import { disarm } from '../safety/guard.ts'
import { guarded } from '../safety/guarded.ts'
import { takeLocks } from './locks.ts'
import { COMMAND } from './options.ts'
import { draftedKey, keyGuard, makeKey, scrub, showKey } from './own-key-script.ts'
import { shownKeys, type WayIn, wayIn } from './way-in.ts'

/** A host that was just made, and how it is reached. */
interface Unmet {
  readonly org: Org
  readonly wish: HostWish
  readonly endpoint: Endpoint
  readonly report: Report
}

const STEP = { id: 'first contact', title: 'The host has a key of its own' }

// Each writes the whole lock file.
const oneAtATime = pLimit(1)

/**
 * Puts a key that the host makes for itself in the place of the one from its user data, which anybody on the host can read:
 * before anything else is sent there. What an interrupted run has begun is gone on with.
 * @returns the way in with the new key @throws Fault; the host then shows the old key, or what it shows is remembered
 */
export async function ownKey(unmet: Unmet, first: WayIn, known: FirstContact): Promise<WayIn> {
  const { org, wish, endpoint, report } = unmet
  const { remote } = first
  // Without a password: no secret goes to a host that still has the used key.
  const { facts } = await firstContact(wish, remote, endpoint.sharesKernel)
  const run = randomBytes(6).toString('hex')
  const signal = new AbortController().signal
  const command = `${COMMAND} --inventory ${org.file}`
  const host = { ...wish, ...facts }
  const locking = { remotes: () => remote, run, purpose: STEP.id, wait: true, command, report, signal }
  const lock = await takeLocks([host], locking)
  try {
    const key =
      first.fingerprint === known.nextKey
        ? await proven(remote, run, known.nextKey)
        : await changed(unmet, facts, remote, run, known.oneTimeKey)
    const shown = await shownKeys(org, wish, endpoint)
    if (shown.includes(known.oneTimeKey)) throw stillShown(wish, known.oneTimeKey)
    await fixed(remote, run, scrub)
    const way = await wayIn(org, wish, endpoint, { fingerprint: key, source: 'this run' })
    await oneAtATime(() => writeLockFile(org, { [wish.name]: { hostKey: key, address: facts.primaryAddress } }))
    forgetFirstContact(org.name, wish.name)
    report({ event: 'note', host: wish.name, text: 'has a key of its own now; the one from its user data is refused' })
    return way
  } finally {
    await lock.release()
    remote.close()
  }
}

// The fingerprint is on disk before the host shows it: a run that is killed in between knows both.
async function changed(
  { org, wish, endpoint, report }: Unmet,
  facts: Facts,
  remote: Remote,
  run: string,
  oneTimeKey: string,
): Promise<string> {
  await fixed(remote, run, makeKey)
  const nextKey = fingerprintOf(wish, await drafted(remote))
  rememberFirstContact(org.name, wish.name, { oneTimeKey, nextKey })
  const reconnect = async () => {
    const way = await wayIn(org, wish, endpoint, { fingerprint: nextKey, source: 'made just now' })
    await firstContact(wish, way.remote, endpoint.sharesKernel)
    return way.remote
  }
  const guarding = { id: run, remotes: () => remote, report, reconnect, signal: new AbortController().signal }
  await guarded(guarding, STEP, keyGuard, { ...wish, ...facts }, () => fixed(remote, run, showKey))
  return nextKey
}

// An interrupted run has put it there; that we are in with it is the proof that it waited for.
async function proven(remote: Remote, run: string, nextKey: string): Promise<string> {
  await fixed(remote, run, disarm())
  return nextKey
}

async function fixed(remote: Remote, run: string, fix: Sh): Promise<void> {
  const outcome = await runFixes(remote, [running(fix)], run, () => undefined)
  if (outcome.done) return
  throw new Fault(`${remote.name} could not be given a key of its own.`, {
    at: faultAt(remote, STEP),
    because: lastLines(outcome.said) || 'the connection was lost, or the host has undone the change',
    try: 'see to the cause; the same command goes on where this stopped',
  })
}

async function drafted(remote: Remote): Promise<string> {
  const [answer] = await askTexts(remote, [running(draftedKey)])
  return answer?.kind === 'text' ? answer.text : ''
}

function fingerprintOf(wish: HostWish, publicKey: string): string {
  const base64 = /^ssh-ed25519 ([A-Za-z0-9+/]{68})(\s|$)/.exec(publicKey)?.[1]
  if (base64) return fingerprint(Buffer.from(base64, 'base64'))
  throw new Fault(`${wish.name} has made no key that can be read.`, { at: wish.name, because: publicKey.slice(0, 200) })
}

const stillShown = (wish: HostWish, key: string): Fault =>
  new Fault(`${wish.name} still shows the key from its user data.`, {
    at: faultAt(wish, STEP),
    because: `${key} can be read by every program on the host; nothing more is sent there`,
    try: 'look at HostKey in /etc/ssh/sshd_config and in the files of /etc/ssh/sshd_config.d',
  })
