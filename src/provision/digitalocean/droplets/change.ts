import { setTimeout as later } from 'node:timers/promises'
import { type Droplet, oneDroplet } from '../../../clients/digitalocean/answers.ts'
import { Fault } from '../../../engine/fault.ts'
import type { Changes } from '../../../engine/resource.ts'
import type { HostWish } from '../../../inventory/org.ts'
import { act } from '../act.ts'
import type { At } from '../kind.ts'
import { giveTag } from '../tag.ts'
import { whenIdle } from '../when-idle.ts'
import { mustBeOffered, withOffer } from './offer.ts'

const GONE_SECONDS = 120

/** Brings a droplet that is there to what is wanted, as far as it can be without another one. */
export async function changeDroplet(one: Droplet, changes: Changes, host: HostWish, at: At): Promise<void> {
  const { signal } = at
  const { api } = at.account
  if (changes.tags)
    for (const tag of String(changes.tags.to).split(', ')) await giveTag(api, tag, { id: one.id, type: 'droplet' })
  if (changes.backups)
    await act(api, one, { type: changes.backups.to === 'yes' ? 'enable_backups' : 'disable_backups' }, signal)
  if (changes.size) {
    const size = String(changes.size.to)
    await mustBeOffered(api, host, size)
    if (one.status === 'active')
      await act(api, one, { type: 'shutdown' }, signal).catch(() => act(api, one, { type: 'power_off' }, signal))
    try {
      // The disk stays as it is, so that the droplet can be made smaller again.
      await withOffer(api, host, () => act(api, one, { type: 'resize', size, disk: false }, signal))
    } finally {
      // Whatever became of its size, it runs again.
      await act(api, one, { type: 'power_on' }, signal)
    }
  }
}

/** Deletes it, and waits until it is no longer shown. @throws Fault where it still is after two minutes */
export async function removeDroplet(one: Droplet, { account, signal }: At): Promise<void> {
  await whenIdle(() => account.api.remove(`/v2/droplets/${one.id}`), one.name, signal)
  for (let waited = 0; waited < GONE_SECONDS; waited += 2) {
    if (!(await account.api.get(`/v2/droplets/${one.id}`, oneDroplet))) return account.gone(one.id)
    await later(2000, undefined, { signal })
  }
  throw new Fault(`The droplet ${one.id} is not gone.`, {
    because: `it was deleted ${GONE_SECONDS} s ago, and is still shown`,
    try: 'the same command goes on once it is gone',
  })
}
