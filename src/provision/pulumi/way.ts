import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { oneSshKey } from '../../clients/digitalocean/answers.ts'
import { apiToken } from '../../clients/digitalocean/token.ts'
import { stateDirectory } from '../../engine/places.ts'
import { type Resource, resource } from '../../engine/resource.ts'
import type { Org, PulumiWish, SecretPlace } from '../../inventory/org.ts'
import type { Account } from '../digitalocean/account.ts'
import type { Objects } from '../digitalocean/lists.ts'
import { vpcOf } from '../digitalocean/network/vpc.ts'
import { differing, kindOf } from '../digitalocean/resource-of.ts'
import { userDataFor } from '../first-contact/index.ts'
import { carryOut } from './child.ts'
import { idOf } from './ids.ts'
import { foundPulumi, pulumiHome } from './installed.ts'
import type { Planned } from './job.ts'
import type { InPulumi } from './kinds.ts'
import { known, remember } from './known.ts'
import { locked, locksOf } from './locks.ts'
import { passphraseOf } from './passphrase.ts'
import { urnOf } from './urn.ts'

/** The way of those who keep Pulumi state: what differs is told by the same lists, and mended by one `up` of one program. */
export interface PulumiWay {
  /** Mends all that differs, once for every reading of the lists. */
  readonly mend: (signal: AbortSignal) => Promise<void>
  /** The state knows everything that is there: it is lost, or new, where it does not. */
  readonly state: Resource
}

/** `allowReplace` names what may be made anew. Nothing of Pulumi is loaded before something is to be mended. */
export async function pulumiWay(
  org: Org,
  list: readonly InPulumi[],
  account: Account,
  wish: PulumiWish & { readonly token: SecretPlace },
  run: { readonly allowReplace: readonly string[]; readonly note: (text: string) => void },
): Promise<PulumiWay> {
  const passphrase = passphraseOf(wish.passphrase)
  const folder = join(stateDirectory(org.name), 'pulumi')
  let mended: Promise<Objects> | undefined
  const mend = async (signal: AbortSignal) => {
    if (mended === account.read()) return
    const root = foundPulumi()
    const locks = await locksOf(wish.state, org.name)
    if (locks.length) throw locked(locks, org.file)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if (wish.state.startsWith('file:')) await mkdir(new URL(wish.state), { recursive: true, mode: 0o700 })
    const job = {
      org: org.name,
      inventory: org.file,
      state: wish.state,
      passphrase: (await passphrase()).reveal(),
      token: (await apiToken(wish.token)).reveal(),
      home: pulumiHome(),
      folder,
      root,
      objects: await planned(org, list, await account.read(), run.allowReplace),
    }
    run.note('Pulumi looks at its state, and makes what differs so')
    await carryOut(job, signal, run.note)
    await keysMade(list, account)
    const objects = await shown(org, list, account, signal)
    await remember(wish.state, folder, idsOf(org, list, objects))
    mended = account.read()
  }
  return {
    mend,
    state: resource({
      name: `Pulumi state of ${org.name}`,
      desired: { knows: 'all of it' },
      actual: {
        knows: async () => {
          const there = Object.entries(idsOf(org, list, await account.read()))
          const knows = await known(wish.state, org.name, folder)
          const unknown = there.filter(([urn, id]) => knows.get(urn) !== id)
          if (!knows.size) return undefined
          return unknown.length ? `not ${unknown.map(([urn]) => urn.split('::').at(-1)).join(', ')}` : 'all of it'
        },
      },
      fix: () => mend,
    }),
  }
}

async function planned(
  org: Org,
  list: readonly InPulumi[],
  objects: Objects,
  allowed: readonly string[],
): Promise<readonly Planned[]> {
  const all: Planned[] = []
  for (const wanted of list) {
    const { kept } = kindOf(wanted)
    const id = idOf(wanted, objects, org)
    const another = differing(org, wanted, objects).some((key) => kept?.another.includes(key))
    const replace = another && allowed.includes(wanted.name)
    all.push({
      wanted,
      id,
      kept: kept !== undefined,
      replace,
      network: wanted.kind === 'droplet' && wanted.vpc !== undefined ? vpcOf(objects, wanted.vpc)?.id : undefined,
      // The key of its first minutes is remembered here before there is anything that has it.
      userData:
        wanted.kind === 'droplet' && (id === undefined || replace)
          ? (await userDataFor(org, wanted.host)).userData.reveal()
          : undefined,
    })
  }
  return all
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

// Lists may show what was made only after some seconds.
async function shown(org: Org, list: readonly InPulumi[], account: Account, signal: AbortSignal): Promise<Objects> {
  for (const wait of [0, 500, 1500, 3000, 5000, 5000]) {
    await later(wait, undefined, { signal })
    account.stale()
    const objects = await account.read()
    if (list.every((wanted) => idOf(wanted, objects, org) !== undefined)) return objects
  }
  return account.read()
}

const idsOf = (org: Org, list: readonly InPulumi[], objects: Objects): Readonly<Record<string, string>> =>
  Object.fromEntries(
    list.flatMap((wanted) => {
      const id = idOf(wanted, objects, org)
      return id === undefined ? [] : [[urnOf(org.name, wanted), id] as const]
    }),
  )
