import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { apiToken } from '../../clients/digitalocean/token.ts'
import { stateDirectory } from '../../engine/places.ts'
import { type Resource, resource } from '../../engine/resource.ts'
import type { PulumiWish } from '../../inventory/digitalocean-wish.ts'
import type { Org } from '../../inventory/org.ts'
import type { SecretPlace } from '../../inventory/secret-place.ts'
import type { Account } from '../digitalocean/account.ts'
import type { At } from '../digitalocean/kind.ts'
import type { Objects } from '../digitalocean/lists.ts'
import { after, before, isSo } from './calls.ts'
import { carryOut } from './child.ts'
import { foundPulumi, pulumiHome } from './installed.ts'
import type { InPulumi } from './kinds.ts'
import { known } from './known.ts'
import { locked, locksOf } from './locks.ts'
import { isId } from './part.ts'
import { partsNow } from './parts/index.ts'
import { passphraseOf } from './passphrase.ts'
import { asking, clustersOnline, replacedIn, spacesPair, userDataOf, withOffers } from './prepared.ts'
import { stateForPulumi } from './state/bucket.ts'
import { bucketKey } from './state/bucket-key.ts'
import { placeOf } from './state/place-of.ts'
import { untilShown } from './until-shown.ts'
import { urnOf } from './urn.ts'

/** The way of those who keep Pulumi state: what differs is told by the same lists, and mended by one `up` of one program. */
export interface PulumiWay {
  /** Mends all that differs of what needs no host to be up, and of the rest what can be mended. */
  readonly mend: (signal: AbortSignal) => Promise<void>
  /** Mends the rest as well, once the hosts are up: waits for clusters, and makes what needs a droplet. */
  readonly mendRest: (signal: AbortSignal) => Promise<void>
  /** The state knows everything that is there: it is lost, or new, where it does not. */
  readonly state: Resource
}

/** `allowReplace` names what may be made anew. Nothing of Pulumi is loaded before something is to be mended. */
export async function pulumiWay(
  org: Org,
  list: readonly InPulumi[],
  account: Account,
  wish: PulumiWish & { readonly token: SecretPlace },
  run: {
    readonly allowReplace: readonly string[]
    readonly signal: AbortSignal
    readonly note: (text: string) => void
  },
): Promise<PulumiWay> {
  const passphrase = passphraseOf(wish.passphrase)
  const place = placeOf(org, run.signal)
  const folder = join(stateDirectory(org.name), 'pulumi')
  const unknown = async () => {
    const knows = await known(place, org.name)
    const there = partsNow(org, list, await account.read()).filter(({ id }) => id !== undefined)
    return { isEmpty: !knows.size, parts: there.filter((part) => !isId(part.id, knows.get(urnOf(org.name, part)))) }
  }
  let mended: { readonly objects: Promise<Objects>; readonly rest: boolean } | undefined
  const mend = (rest: boolean) => async (signal: AbortSignal) => {
    const at: At = { org, account, signal }
    if (rest) await clustersOnline(list, at)
    if (mended?.objects === account.read() && (mended.rest || !rest)) return
    const isRight = await Promise.all(list.map((wanted) => isSo(wanted, at)))
    if (isRight.every(Boolean) && !(await unknown()).parts.length) return
    const root = foundPulumi()
    const locks = await locksOf(place, org.name)
    if (locks.length) throw locked(locks, org.file)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await place.mustTakeWrites()
    const secrets = {
      passphrase: (await passphrase()).reveal(),
      token: (await apiToken(wish.token)).reveal(),
      spaces: await spacesPair(org),
      bucket: wish.state.startsWith('s3:') ? await bucketKey(wish.key) : undefined,
    }
    run.note('Pulumi looks at its state, and makes what differs so')
    await before(list, at)
    const objects = await account.read()
    const replaced = replacedIn(org, list, objects, run.allowReplace)
    const userData = await userDataOf(org, list, objects, replaced)
    const parts = partsNow(org, list, objects, replaced, userData)
    const job = {
      org: org.name,
      inventory: org.file,
      state: stateForPulumi(wish.state),
      ...secrets,
      home: pulumiHome(),
      folder,
      root,
      parts,
    }
    await withOffers(list, at, () => asking(org, [...userData.keys()], () => carryOut(job, signal, run.note)))
    await untilShown(list, parts, at)
    await after(list, at)
    mended = { objects: account.read(), rest }
  }
  return {
    mend: mend(false),
    mendRest: mend(true),
    state: resource({
      name: `Pulumi state of ${org.name}`,
      desired: { knows: 'all of it' },
      actual: {
        knows: async () => {
          const { isEmpty, parts } = await unknown()
          if (isEmpty) return undefined
          return parts.length ? `not ${[...new Set(parts.map(({ name }) => name))].join(', ')}` : 'all of it'
        },
      },
      fix: () => mend(true),
    }),
  }
}
