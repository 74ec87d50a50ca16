import { keyAt } from '../../../clients/digitalocean/spaces-keys.ts'
import { type Resource, resource } from '../../../engine/resource.ts'
import type { Org } from '../../../inventory/org.ts'
import type { Account } from '../account.ts'
import type { Objects } from '../lists.ts'
import { keyOfName } from '../names.ts'
import { readKept, writeKept } from './kept-keys.ts'
import { currentKey, spacesKeysWanted } from './spaces-key.ts'

/**
 * No key is left beside the one that services use: a former one, or one whose secret nobody has. To be looked at behind the services,
 * so that none of them loses a key that it still has.
 */
export function noFormerKeys(org: Org, account: Account): Resource {
  // Lists may show for a while what is gone.
  const gone = new Set<string>()
  const left = async () => formerKeys(org, await account.read()).filter((id) => !gone.has(id))
  return resource({
    name: 'Spaces keys that no service uses',
    desired: { left: 'none' },
    actual: { left: async () => (await left()).join(', ') || 'none' },
    fix: () => async () => {
      for (const id of await left()) {
        await account.api.remove(keyAt(id))
        gone.add(id)
        const { keys, begun } = readKept(org.name)
        await writeKept(org.name, { keys: keys.filter((kept) => kept.id !== id), begun })
      }
    },
    removes: true,
  })
}

function formerKeys(org: Org, objects: Objects): readonly string[] {
  return spacesKeysWanted(org).flatMap(({ name }) => {
    const current = currentKey(name, objects, org)?.key.id
    const all = objects.spacesKeys.filter((one) => keyOfName(one.name, org.name)?.name === name)
    return current === undefined ? [] : all.map(({ id }) => id).filter((id) => id !== current)
  })
}
