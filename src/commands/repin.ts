import { randomBytes } from 'node:crypto'
import { Fault } from '../engine/fault.ts'
import { hostKeyFault } from '../inventory/addresses.ts'
import { lockFilePath, readLockFile, writeLockFile } from '../inventory/lock-file.ts'
import type { HostWish, Org } from '../inventory/org.ts'
import { readInventory } from '../inventory/read.ts'
import { firstContactOf, forgetFirstContact, rememberFirstContact } from '../provision/first-contact/record.ts'
import { providerOf } from '../provision/index.ts'
import { openJournal } from '../report/journal.ts'
import { printable } from '../report/printable.ts'
import { whoWeAre } from '../safety/lock.ts'
import { COMMAND } from './options.ts'
import { answered, canAsk } from './questions.ts'
import { shownKeys } from './way-in.ts'

/** What was typed: the fingerprint from the host's console in full, and why it is another one. */
export interface Said {
  readonly key: string | undefined
  readonly reason: string | undefined
}

/**
 * Pins the key that a host shows now in place of the known one, after a person has compared it and said why. No login is
 * tried. The reason goes to the journal before the key goes to the lock file. @returns the exit status
 */
export async function repin(file: string, name: string, said: Said): Promise<number> {
  const org = readInventory(file)
  const host = org.hosts.find((one) => one.name === name)
  if (!host)
    throw new Fault(`There is no host ${name} in ${file}.`, {
      because: `the hosts are ${org.hosts.map((one) => one.name).join(', ')}`,
      exit: 64,
    })
  if (said.key !== undefined && hostKeyFault(said.key)) throw noFingerprint(said.key)
  if (host.provider === 'sandbox') throw madeHere(host)
  const known = knownOf(org, host)
  const endpoint = await providerOf(host).find(org.name, host)
  if (!endpoint) throw new Fault(`${name} does not exist yet.`, { at: name, try: `${COMMAND} --inventory ${file}` })
  const shown = await shownKeys(org, host, endpoint)
  console.log(printable(`${name}   known  ${known ? `${known.fingerprint}   from ${known.source}` : 'none'}`))
  for (const key of shown) console.log(`${name}   shown  ${key}`)
  if (known && shown.includes(known.fingerprint)) {
    console.log(`${name}   still shows the key that is known; nothing was changed`)
    return 0
  }
  const key = await rightKey(host, shown, said.key)
  if (host.hostKey !== undefined) throw inInventory(org, host, key)
  const reason = await reasonFor(host, said.reason)
  await pin(org, host, endpoint.address, { from: known?.fingerprint ?? null, to: key, reason })
  const where = host.droplet ? 'until the next run gives it a key of its own' : `in ${lockFilePath(org)}; commit it`
  console.log(`${name}   pinned ${key}   ${where}`)
  return 0
}

function knownOf(org: Org, host: HostWish): { readonly fingerprint: string; readonly source: string } | undefined {
  if (host.hostKey !== undefined) return { fingerprint: host.hostKey, source: org.file }
  const unmet = firstContactOf(org.name, host.name)
  if (unmet) return { fingerprint: unmet.oneTimeKey, source: 'its user data' }
  const locked = readLockFile(org).hosts[host.name]
  if (locked) return { fingerprint: locked.hostKey, source: `the lock file, since ${locked.since}` }
  // Who has made it elsewhere, or has lost what was remembered of that, begins here.
  if (host.droplet) return undefined
  throw new Fault(`No key of ${host.name} is pinned yet.`, {
    at: host.name,
    because:
      'it stands neither in the inventory nor in the lock file, so there is nothing to put another in the place of',
    try: `write the fingerprint from its console under ${host.name} in ${org.file}:  hostKey: SHA256:…`,
  })
}

async function rightKey(host: HostWish, shown: readonly string[], typed: string | undefined): Promise<string> {
  if (typed !== undefined) {
    if (shown.includes(typed)) return typed
    throw new Fault(`${host.name} does not show the key that was given; nothing was changed.`, {
      at: host.name,
      because: `given  ${typed}\n${shown.map((key) => `shown  ${key}`).join('\n')}`,
      try: `do not go on before you know why: compare on its console with  ${ON_CONSOLE}`,
    })
  }
  if (!canAsk()) throw unasked(host, '--key SHA256:…', 'the fingerprint from its console, in full')
  const { text } = await import('@clack/prompts')
  const message = `Compare on the console of ${host.name}:  ${ON_CONSOLE}  and type its last 8 characters from there`
  const tail = answered(
    await text({ message, validate: (value) => (value?.length === 8 ? undefined : '8 characters') }),
  )
  const right = shown.find((key) => key.endsWith(tail))
  if (right !== undefined) return right
  throw new Fault(`That is not the key that ${host.name} shows; nothing was changed.`, {
    at: host.name,
    because: `typed  …${tail}\n${shown.map((key) => `shown  ${key}`).join('\n')}`,
    try: 'somebody may be in between: look at the way to the host before anything else',
  })
}

async function reasonFor(host: HostWish, typed: string | undefined): Promise<string> {
  if (typed !== undefined) {
    const wrong = reasonFault(typed)
    if (wrong === undefined) return typed.trim()
    throw new Fault(`--reason ${wrong}.`, { at: host.name, try: '--reason "made anew after its disk broke"', exit: 64 })
  }
  if (!canAsk()) throw unasked(host, '--reason TEXT', 'why the host has another key')
  const { text } = await import('@clack/prompts')
  const message = `Why has ${host.name} another key? (for the journal)`
  return answered(await text({ message, validate: (value) => reasonFault(value ?? '') })).trim()
}

const reasonFault = (text: string): string | undefined =>
  text.trim() === '' ? 'is empty' : text.length > 500 ? 'has more than 500 letters' : undefined

async function pin(
  org: Org,
  host: HostWish,
  reachedAt: string,
  { from, to, reason }: { readonly from: string | null; readonly to: string; readonly reason: string },
): Promise<void> {
  const address = readLockFile(org).hosts[host.name]?.address ?? reachedAt
  const journal = openJournal(org.name, randomBytes(6).toString('hex'))
  const changes = [
    { key: 'pinned key', from, to },
    { key: 'reason', from: null, to: reason },
    { key: 'by', from: null, to: whoWeAre() },
  ]
  const change = { event: 'change', host: host.name, step: 'repin', resource: 'host key', changes } as const
  try {
    journal.report({ ...change, state: 'applying' })
    if (host.droplet) {
      // It may be the key of its user data, which every program there can read, also after the provider has rebuilt it.
      rememberFirstContact(org.name, host.name, { oneTimeKey: to })
    } else {
      await writeLockFile(org, { [host.name]: { hostKey: to, address } })
      forgetFirstContact(org.name, host.name)
    }
    journal.report({ ...change, state: 'applied' })
  } finally {
    journal.end()
  }
}

const ON_CONSOLE = 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub'

const inInventory = (org: Org, host: HostWish, key: string): Fault =>
  new Fault(`The key of ${host.name} is pinned in the inventory; change it there.`, {
    at: host.name,
    because: 'hostKey of the inventory comes before the lock file, and groundwork does not write inventories',
    try: `write under ${host.name} in ${org.file}:  hostKey: ${key}`,
  })

const madeHere = ({ name }: HostWish): Fault =>
  new Fault(`The key of ${name} is made with it, on this machine; there is nothing to pin.`, {
    at: name,
    because: 'it is a sandbox host: who else has its address answers with another key',
    try: `make it anew:  ${COMMAND} sandbox down ${name} --inventory FILE`,
  })

const noFingerprint = (typed: string): Fault =>
  new Fault('--key is no fingerprint.', {
    because: `it is ${typed.slice(0, 100)}; a fingerprint is SHA256: and 43 more characters`,
    try: `look on the host's console:  ${ON_CONSOLE}`,
    exit: 64,
  })

const unasked = (host: HostWish, flag: string, what: string): Fault =>
  new Fault(`Nobody can be asked here, and ${flag.split(' ')[0]} is missing; nothing was changed.`, {
    at: host.name,
    because: `${what} is what a person says; --yes does not stand for it`,
    try: `add  ${flag}`,
    exit: 64,
  })
