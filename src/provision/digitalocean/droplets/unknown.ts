import { Fault } from '../../../engine/fault.ts'
import { stateDirectory } from '../../../engine/places.ts'
import { type Resource, resource } from '../../../engine/resource.ts'
import { readLockFile } from '../../../inventory/lock-file.ts'
import type { Org } from '../../../inventory/org.ts'
import { isUnmet } from '../../first-contact/place.ts'
import type { Account } from '../account.ts'
import type { Objects } from '../lists.ts'
import { removeDroplet } from './change.ts'
import { dropletOf } from './droplet.ts'
import { type DropletHost, dropletHosts } from './droplet-host.ts'

/**
 * Hosts whose droplet is there, and whose key nobody knows here: it stands neither in the inventory nor in the lock file, and
 * what this machine remembers of making it is gone, or never was here.
 */
export const unknownHosts = (org: Org, objects: Objects): readonly DropletHost[] => {
  const locked = readLockFile(org).hosts
  return dropletHosts(org).filter(
    ({ name, hostKey }) =>
      hostKey === undefined && !locked[name] && !isUnmet(org.name, name) && dropletOf(objects, org.name, name),
  )
}

/** @throws Fault where there is such a host and `allowed` does not name it: nobody is believed at first sight */
export function mustBeKnown(org: Org, objects: Objects, allowed: readonly string[]): void {
  const [first, ...more] = unknownHosts(org, objects).filter(({ name }) => !allowed.includes(name))
  if (!first) return
  const { name } = first
  const names = [first, ...more].map((one) => one.name).join(', ')
  const made = dropletOf(objects, org.name, name)?.created_at
  throw new Fault(`Nobody here knows the key of ${names}. Nothing was changed.`, {
    at: `operator › cloud › droplet ${name}`,
    because: `the droplet of ${name}, made ${made}, is neither in the lock file nor in ${stateDirectory(org.name)}/first-contact: it was made elsewhere, or that file was lost before it was met`,
    try: [
      `made by another operator: run it there once more, and bring ${org.name}.lock.yaml from there`,
      `it holds what you need: compare the key on its console, and pin it  npx tsx bootstrap.ts repin ${name} --inventory ${org.file}`,
      `it holds nothing yet: make it anew  --allow-replace ${name}`,
    ].join('\n'),
  })
}

/** The droplet that nobody knows is gone; the next look makes another, whose key is known. */
export const unknownGone = (org: Org, host: DropletHost, account: Account): Resource =>
  resource({
    name: `unknown droplet ${host.name}`,
    desired: { droplet: 'gone' },
    actual: {
      droplet: async () =>
        unknownHosts(org, await account.read()).some(({ name }) => name === host.name) ? 'there' : 'gone',
    },
    destroys: `would be REPLACED: the disk of ${host.name} is lost, and its address (--allow-replace ${host.name})`,
    fix: () => async (signal) => {
      const one = dropletOf(await account.read(), org.name, host.name)
      if (one) await removeDroplet(one, { org, account, signal })
    },
  })
