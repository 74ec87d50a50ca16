import { listed, type Made, now, shown } from './account.ts'
import { actionsOf, actionView, begin, mustBeIdle } from './actions.ts'
import { type Call, gone, must, route, text, texts } from './call.ts'
import { imageList, regionOf, sizes } from './catalogue.ts'
import type { Addresses } from './machines.ts'
import { page } from './page.ts'
import { invalid, notFound } from './refused.ts'
import { unassignAll } from './reserved-ips.ts'
import { keyOf } from './ssh-keys.ts'
import { tagged, tagsFor } from './tags.ts'
import { detachAll, volumesOf } from './volumes.ts'
import { vpcFor } from './vpcs.ts'

export interface Droplet extends Made {
  readonly id: number
  readonly name: string
  readonly region: string
  readonly image: string
  readonly created_at: string
  readonly tags: string[]
  readonly features: Set<string>
  readonly userData: string
  readonly keys: readonly number[]
  /** The network it was made in. */
  readonly vpc: string
  size: string
  status: 'new' | 'active' | 'off'
  /** Of its machine, where it has one. */
  addresses?: Addresses
  isGone?: true
}

export const dropletRoutes = [
  route('GET', '/v2/droplets', 'droplet:read', (call) =>
    page(
      call,
      '/v2/droplets',
      'droplets',
      tagged(listed(call.account, call.account.droplets.values()), call.query.get('tag_name')).map((one) =>
        dropletView(call, one),
      ),
    ),
  ),
  route('POST', '/v2/droplets', 'droplet:create', (call) => ({
    status: 202,
    body: { droplet: dropletView(call, made(call)) },
  })),
  route('GET', '/v2/droplets/:id', 'droplet:read', (call) => ({
    status: 200,
    body: { droplet: dropletView(call, known(call)) },
  })),
  route('DELETE', '/v2/droplets/:id', 'droplet:delete', (call) => {
    const droplet = known(call)
    mustBeIdle(call.account, droplet.id)
    droplet.isGone = true
    const { goneSeconds = 0 } = call.account.lag
    const forget = () => void call.account.droplets.delete(droplet.id)
    if (goneSeconds) setTimeout(forget, goneSeconds * 1000).unref()
    else forget()
    if (call.account.machines)
      begin(call.account, 'destroy', droplet.id, () => call.account.machines?.remove(droplet.id))
    detachAll(call.account, droplet.id)
    unassignAll(call.account, droplet.id)
    return gone
  }),
  route('GET', '/v2/droplets/:id/actions', 'droplet:read', (call) =>
    page(
      call,
      `/v2/droplets/${call.params.id}/actions`,
      'actions',
      actionsOf(call.account, known(call).id).map(actionView),
    ),
  ),
  route('POST', '/v2/droplets/:id/actions', 'droplet:update', (call) => {
    const droplet = known(call)
    const type = text(call.body, 'type')
    const effect = effectOf(call, droplet, type)
    mustBeIdle(call.account, droplet.id)
    return { status: 201, body: { action: actionView(begin(call.account, type, droplet.id, effect)) } }
  }),
]

function made(call: Call): Droplet {
  const { account, body } = call
  const name = text(body, 'name')
  const size = text(body, 'size')
  const region = text(body, 'region')
  const image = text(body, 'image')
  if (!/^[a-zA-Z0-9.-]+$/.test(name))
    throw invalid('name can only contain alphanumeric characters, dashes, and periods')
  if (!regionOf(region)) throw invalid('You specified an invalid region for Droplet creation.')
  if (!sizes.some(({ slug }) => slug === size)) throw invalid('You specified an invalid size for Droplet creation.')
  if (account.soldOut.has(`${size} ${region}`)) throw invalid('Size is not available in this region.')
  if (!imageList.some(({ slug }) => slug === image))
    throw invalid('You specified an invalid image for Droplet creation.')
  const keys = texts(body, 'ssh_keys').map((key) => {
    const found = keyOf(call, key)
    if (!found) throw invalid(`${key} are invalid key identifiers for Droplet creation.`)
    return found.id
  })
  const userData = String(body.user_data ?? '')
  if (Buffer.byteLength(userData) > 64 * 1024) throw invalid('user_data is too long (maximum is 65536 bytes)')
  if (texts(body, 'tags').length) must(call, 'tag:create')
  const droplet: Droplet = {
    id: account.next(),
    name,
    region,
    size,
    image,
    created_at: now(),
    madeAt: Date.now(),
    tags: tagsFor(call, texts(body, 'tags')),
    features: new Set(['private_networking', ...['backups', 'monitoring'].filter((one) => body[one] === true)]),
    userData,
    keys,
    vpc: vpcFor(account, region, body.vpc_uuid),
    status: 'new',
  }
  account.droplets.set(droplet.id, droplet)
  begin(account, 'create', droplet.id, async () => {
    const publicKeys = keys.map((id) => account.sshKeys.get(id)?.public_key ?? '')
    if (account.machines) droplet.addresses = await account.machines.make({ ...droplet, publicKeys })
    droplet.status = 'active'
  })
  return droplet
}

function effectOf({ account, body }: Call, droplet: Droplet, type: string): () => void | Promise<void> {
  const power = (to: 'on' | 'off' | 'shutdown') => async () => {
    await account.machines?.power(droplet.id, to)
    droplet.status = to === 'on' ? 'active' : 'off'
  }
  if (type === 'power_on') return power('on')
  if (type === 'power_off') return power('off')
  if (type === 'shutdown') return power('shutdown')
  if (type === 'enable_backups') return () => void droplet.features.add('backups')
  if (type === 'disable_backups') return () => void droplet.features.delete('backups')
  if (type !== 'resize') throw invalid(`${type} is not a type of action`)
  const size = text(body, 'size')
  if (!sizes.some(({ slug }) => slug === size)) throw invalid('You specified an invalid size.')
  if (droplet.status !== 'off') throw invalid('Droplet must be powered off to resize.')
  return () => {
    droplet.size = size
  }
}

function known(call: Call): Droplet {
  const droplet = call.account.droplets.get(Number(call.params.id))
  if (!droplet || droplet.isGone || !shown(call.account, droplet)) throw notFound()
  return droplet
}

// Addresses come with the machine, of a range that nobody answers in (RFC 5737).
// Tags are shown to those only who may read tags.
export const dropletView = (call: Call, one: Droplet) => {
  const { id, name, region, image, size, created_at, tags, features, status, vpc, addresses } = one
  const netmask = '255.255.255.0'
  const at = addresses ?? { public: `192.0.2.${id % 250}`, private: `10.108.0.${id % 250}` }
  return {
    id,
    name,
    status,
    created_at,
    tags: call.may('tag:read') ? tags : [],
    locked: status === 'new',
    size_slug: size,
    size: sizes.find(({ slug }) => slug === size),
    features: [...features],
    region: regionOf(region),
    image: imageList.find(({ slug }) => slug === image),
    networks: {
      v4:
        status === 'new'
          ? []
          : [
              { ip_address: at.private, netmask, gateway: '10.108.0.1', type: 'private' },
              { ip_address: at.public, netmask, gateway: '192.0.2.1', type: 'public' },
            ],
      v6: [],
    },
    vpc_uuid: vpc,
    volume_ids: volumesOf(call.account, id),
    backup_ids: [],
    snapshot_ids: [],
  }
}
