import { setTimeout as later } from 'node:timers/promises'
import { oneSshKey } from '../../clients/digitalocean/answers.ts'
import type { Account } from '../digitalocean/account.ts'
import type { At } from '../digitalocean/kind.ts'
import type { InPulumi } from './kinds.ts'
import type { Part } from './part.ts'
import { partsNow } from './parts/index.ts'
import { urnOf } from './urn.ts'

/** Reads the lists again until they show what was made, which may take some seconds. */
export async function untilShown(list: readonly InPulumi[], made: readonly Part[], at: At): Promise<void> {
  const { org, account, signal } = at
  await keysMade(list, account)
  for (const wait of [0, 500, 1500, 3000, 5000, 5000]) {
    await later(wait, undefined, { signal })
    account.stale()
    const there = partsNow(org, list, await account.read()).filter(({ id }) => id !== undefined)
    const isThere = (part: Part) => there.some((one) => urnOf(org.name, one) === urnOf(org.name, part))
    if (made.every((part) => part.link || isThere(part))) return
  }
}

// The list of keys is asked once a run, and it was before Pulumi made some.
async function keysMade(list: readonly InPulumi[], account: Account): Promise<void> {
  const { sshKeys } = await account.read()
  for (const wanted of list) {
    if (wanted.kind !== 'ssh-key' || sshKeys.some(({ fingerprint }) => fingerprint === wanted.fingerprint)) continue
    const one = await account.api.get(`/v2/account/keys/${wanted.fingerprint}`, oneSshKey)
    if (one) account.made({ sshKeys: [one.ssh_key] })
  }
}
