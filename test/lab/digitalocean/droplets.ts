import { listed, type Made, now, shown } from './account.ts'
import { actionView, begin } from './actions.ts'
import { type Call, gone, must, route, text, texts } from './call.ts'
import { imageList, regionOf, sizes } from './catalogue.ts'
import { page } from './page.ts'
import { invalid, notFound } from './refused.ts'
import { keyOf } from './ssh-keys.ts'
import { tagged, tagsFor } from './tags.ts'

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
  size: string
  status: 'new' | 'active' | 'off'
}

export const dropletRoutes = [
  route('GET', '/v2/droplets', 'droplet:read', (call) =>
    page(
      call,
      '/v2/droplets',
      'droplets',
      tagged(listed(call.account, call.account.droplets.values()), call.query.get('tag_name')).map((one) =>
        view(call, one),
      ),
    ),
  ),
  route('POST', '/v2/droplets', 'droplet:create', (call) => ({
    status: 202,
    body: { droplet: view(call, made(call)) },
  })),
  route('GET', '/v2/droplets/:id', 'droplet:read', (call) => ({
    status: 200,
    body: { droplet: view(call, known(call)) },
  })),
  route('DELETE', '/v2/droplets/:id', 'droplet:delete', (call) => {
    call.account.droplets.delete(known(call).id)
    return gone
  }),
  route('POST', '/v2/droplets/:id/actions', 'droplet:update', (call) => {
    const droplet = known(call)
    const type = text(call.body, 'type')
    const effect = effectOf(call, droplet, type)
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
    status: 'new',
  }
  account.droplets.set(droplet.id, droplet)
  begin(account, 'create', droplet.id, () => {
    droplet.status = 'active'
  })
  return droplet
}

function effectOf({ body }: Call, droplet: Droplet, type: string): () => void {
  const set = (status: Droplet['status']) => () => {
    droplet.status = status
  }
  if (type === 'power_on') return set('active')
  if (type === 'power_off' || type === 'shutdown') return set('off')
  if (type === 'enable_backups') return () => droplet.features.add('backups')
  if (type === 'disable_backups') return () => droplet.features.delete('backups')
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
  if (!droplet || !shown(call.account, droplet)) throw notFound()
  return droplet
}

// Addresses come with the machine, of a range that nobody answers in (RFC 5737).
// Tags are shown to those only who may read tags.
const view = (call: Call, { id, name, region, image, size, created_at, tags, features, status }: Droplet) => {
  const netmask = '255.255.255.0'
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
              { ip_address: `10.108.0.${id % 250}`, netmask, gateway: '10.108.0.1', type: 'private' },
              { ip_address: `192.0.2.${id % 250}`, netmask, gateway: '192.0.2.1', type: 'public' },
            ],
      v6: [],
    },
    volume_ids: [],
    backup_ids: [],
    snapshot_ids: [],
  }
}
