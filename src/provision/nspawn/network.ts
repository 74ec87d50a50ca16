import { exists } from './files.ts'
import { unlink } from './machine.ts'
import type { HostRecord } from './record.ts'
import { run } from './run.ts'
import { addressIn } from './subnet.ts'

/** What is routed on this machine already, as CIDRs and addresses. */
export async function routedHere(): Promise<readonly string[]> {
  const routes = JSON.parse(await run('ip', ['-json', '-4', 'route', 'show', 'table', 'all'])) as readonly {
    dst: string
    dev?: string
  }[]
  return routes.filter(({ dst }) => dst !== 'default').map(({ dst }) => dst)
}

/** Gives a host its own network namespace, with one interface (host0) on its organization’s bridge. */
export async function connectHost({ id, bridge, subnet, address }: HostRecord): Promise<void> {
  await run('ip', ['netns', 'add', id])
  await run('ip', ['link', 'add', id, 'type', 'veth', 'peer', 'name', 'host0', 'netns', id])
  await run('ip', ['link', 'set', id, 'master', bridge, 'up'])
  const inside = ['-n', id]
  await run('ip', [...inside, 'link', 'set', 'host0', 'address', hardwareAddress(address)])
  await run('ip', [...inside, 'address', 'add', `${address}/24`, 'dev', 'host0'])
  await run('ip', [...inside, 'link', 'set', 'lo', 'up'])
  await run('ip', [...inside, 'link', 'set', 'host0', 'up'])
  await run('ip', [...inside, 'route', 'add', 'default', 'via', addressIn(subnet, 1)])
}

/**
 * The hardware address that goes with an address, always the same: a host that is made anew would else not be reached for up to
 * half a minute, as its neighbours remember the old one. (`02`: locally administered.)
 */
export const hardwareAddress = (address: string): string =>
  ['02', '67', ...address.split('.').map((number) => Number(number).toString(16).padStart(2, '0'))].join(':')

/** Takes a host's interface and network namespace away, whichever of them is there. */
export async function disconnectHost(id: string): Promise<void> {
  await unlink(id)
  if (await exists(`/run/netns/${id}`)) await run('ip', ['netns', 'delete', id])
}
