import { randomUUID } from 'node:crypto'
import { type Account, listed, type Made, now, shown } from './account.ts'
import { actionView, begin, mustBeIdle } from './actions.ts'
import { type Call, gone, must, route, text, texts } from './call.ts'
import { regionOf } from './catalogue.ts'
import { page } from './page.ts'
import { conflict, invalid, notFound } from './refused.ts'
import { tagsFor } from './tags.ts'

export interface Volume extends Made {
  readonly id: string
  readonly name: string
  readonly region: string
  readonly description: string
  readonly created_at: string
  readonly tags: string[]
  sizeGiB: number
  droplet: number | undefined
}

const LARGEST_GIB = 16_384
const MOST_OF_A_DROPLET = 15

export const volumeRoutes = [
  route('GET', '/v2/volumes', 'block_storage:read', (call) => {
    const [name, region] = [call.query.get('name'), call.query.get('region')]
    const all = listed(call.account, call.account.volumes.values()).filter(
      (one) => (name === null || one.name === name) && (region === null || one.region === region),
    )
    return page(
      call,
      '/v2/volumes',
      'volumes',
      all.map((one) => view(call, one)),
    )
  }),
  route('POST', '/v2/volumes', 'block_storage:create', (call) => ({
    status: 201,
    body: { volume: view(call, made(call)) },
  })),
  route('GET', '/v2/volumes/:id', 'block_storage:read', (call) => ({
    status: 200,
    body: { volume: view(call, known(call)) },
  })),
  route('DELETE', '/v2/volumes/:id', 'block_storage:delete', (call) => {
    const volume = known(call)
    if (volume.droplet !== undefined) throw conflict('volume is attached to a droplet')
    call.account.volumes.delete(volume.id)
    return gone
  }),
  // By its name, which groundwork does not: it only asks whether it may.
  route('POST', '/v2/volumes/actions', 'block_storage_action:create', ({ body }) => {
    text(body, 'type')
    throw invalid('volume_name is required')
  }),
  route('POST', '/v2/volumes/:id/actions', 'block_storage_action:create', (call) => {
    const volume = known(call)
    const type = text(call.body, 'type')
    const effect = effectOf(call, volume, type)
    const droplet = type === 'resize' ? volume.droplet : Number(call.body.droplet_id)
    if (droplet !== undefined) mustBeIdle(call.account, droplet)
    const action = begin(call.account, `${type}_volume`, undefined, effect, droplet)
    return { status: 202, body: { action: actionView(action) } }
  }),
]

/** What a droplet has attached. */
export const volumesOf = ({ volumes }: Account, droplet: number): readonly string[] =>
  [...volumes.values()].filter((one) => one.droplet === droplet).map(({ id }) => id)

/** A droplet that is destroyed lets its volumes go. */
export function detachAll(account: Account, droplet: number): void {
  for (const volume of account.volumes.values()) if (volume.droplet === droplet) volume.droplet = undefined
}

function made(call: Call): Volume {
  const { account, body } = call
  const name = text(body, 'name')
  const region = text(body, 'region')
  const sizeGiB = sizeIn(call)
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(name))
    throw invalid('name must be lowercase and be composed only of numbers, letters and "-", up to 64 characters')
  if (!regionOf(region)) throw invalid('region is invalid')
  if ([...account.volumes.values()].some((one) => one.name === name && one.region === region))
    throw conflict('a volume with that name already exists in the region')
  if (texts(body, 'tags').length) must(call, 'tag:create')
  const volume: Volume = {
    id: randomUUID(),
    name,
    region,
    description: String(body.description ?? ''),
    created_at: now(),
    madeAt: Date.now(),
    tags: tagsFor(call, texts(body, 'tags')),
    sizeGiB,
    droplet: undefined,
  }
  account.volumes.set(volume.id, volume)
  return volume
}

function effectOf(call: Call, volume: Volume, type: string): () => void | Promise<void> {
  const { account, body } = call
  if (type === 'resize') {
    const sizeGiB = sizeIn(call)
    if (sizeGiB <= volume.sizeGiB) throw invalid('volumes may only be resized upwards')
    return () => {
      volume.sizeGiB = sizeGiB
    }
  }
  if (type !== 'attach' && type !== 'detach') throw invalid(`${type} is not a type of action`)
  const droplet = account.droplets.get(Number(body.droplet_id))
  if (!droplet) throw notFound()
  if (type === 'detach') {
    if (volume.droplet !== droplet.id) throw invalid('Attachment not found')
    return async () => {
      await account.machines?.detach(droplet.id, volume.name)
      volume.droplet = undefined
    }
  }
  if (volume.droplet !== undefined) throw invalid('This volume is already attached')
  if (droplet.region !== volume.region) throw invalid('droplet and volume are in different regions')
  if (volumesOf(account, droplet.id).length >= MOST_OF_A_DROPLET) throw invalid('droplet has too many volumes')
  return async () => {
    const { machines } = account
    await machines?.attach(droplet.id, volume.name, machines.volume(volume.id, volume.sizeGiB))
    volume.droplet = droplet.id
  }
}

function sizeIn({ body }: Call): number {
  const size = Number(body.size_gigabytes)
  if (!Number.isInteger(size) || size < 1 || size > LARGEST_GIB) throw invalid('size_gigabytes must be 1 to 16384')
  return size
}

function known(call: Call): Volume {
  const volume = call.account.volumes.get(call.params.id ?? '')
  if (!volume || !shown(call.account, volume)) throw notFound()
  return volume
}

// Tags are shown to those only who may read tags.
const view = (call: Call, { id, name, region, description, created_at, tags, sizeGiB, droplet }: Volume) => ({
  id,
  name,
  description,
  created_at,
  region: regionOf(region),
  size_gigabytes: sizeGiB,
  droplet_ids: droplet === undefined ? [] : [droplet],
  tags: call.may('tag:read') ? tags : [],
  filesystem_type: '',
  filesystem_label: '',
})
