import type { Account } from './account.ts'
import { bodies, type Call, gone, must, route, text } from './call.ts'
import { page } from './page.ts'
import { invalid, notFound } from './refused.ts'

const kinds = {
  droplet: { scope: 'droplet:update', of: (account: Account, id: string) => account.droplets.get(Number(id)) },
  volume: { scope: 'block_storage:create', of: (account: Account, id: string) => account.volumes.get(id) },
} as const

/** The tags that an object gets at its creation; those that are new are made. @throws Refused */
export function tagsFor(call: Call, names: readonly string[]): string[] {
  if (names.length) must(call, 'tag:create')
  return names.map((name) => made(call.account, name))
}

/** Tags that must be there already: a firewall's. @throws Refused */
export function existingTags(call: Call, names: readonly string[]): string[] {
  for (const name of names) if (!canonical(call.account, name)) throw invalid(`tag ${name} does not exist`)
  return names.map((name) => canonical(call.account, name) ?? name)
}

/** What has this tag; case does not matter. */
export const tagged = <T extends { readonly tags: readonly string[] }>(all: readonly T[], tag: string | null) =>
  tag === null ? all : all.filter(({ tags }) => tags.some((own) => own.toLowerCase() === tag.toLowerCase()))

export const tagRoutes = [
  route('GET', '/v2/tags', 'tag:read', (call) =>
    page(
      call,
      '/v2/tags',
      'tags',
      [...call.account.tags].map((name) => view(call.account, name)),
    ),
  ),
  route('POST', '/v2/tags', 'tag:create', (call) => ({
    status: 201,
    body: { tag: view(call.account, made(call.account, text(call.body, 'name'))) },
  })),
  route('GET', '/v2/tags/:tag', 'tag:read', (call) => ({
    status: 200,
    body: { tag: view(call.account, known(call)) },
  })),
  route('DELETE', '/v2/tags/:tag', 'tag:delete', (call) => {
    const name = known(call)
    for (const object of withTags(call.account)) remove(object.tags, name)
    for (const firewall of call.account.firewalls.values()) remove(firewall.tags, name)
    call.account.tags.delete(name)
    return gone
  }),
  route('POST', '/v2/tags/:tag/resources', 'tag:create', (call) => {
    for (const { tags } of objects(call)) if (!tags.includes(known(call))) tags.push(known(call))
    return gone
  }),
  route('DELETE', '/v2/tags/:tag/resources', 'tag:delete', (call) => {
    for (const { tags } of objects(call)) remove(tags, known(call))
    return gone
  }),
]

function objects(call: Call) {
  return bodies(call.body, 'resources').map(({ resource_id: id, resource_type: type }) => {
    const kind = kinds[type as keyof typeof kinds]
    if (!kind) throw invalid(`resource_type ${type} cannot be tagged`)
    must(call, kind.scope)
    const object = kind.of(call.account, String(id))
    if (!object) throw notFound()
    return object
  })
}

function made(account: Account, name: string): string {
  if (!/^[a-zA-Z0-9_\-:]{1,255}$/.test(name))
    throw invalid('Tag names may only contain letters, numbers, colons, dashes and underscores, at most 255 of them')
  const there = canonical(account, name)
  if (!there) account.tags.add(name)
  return there ?? name
}

const canonical = (account: Account, name: string): string | undefined =>
  [...account.tags].find((tag) => tag.toLowerCase() === name.toLowerCase())

function known(call: Call): string {
  const name = decodeURIComponent(call.params.tag ?? '')
  if (!call.account.tags.has(name)) throw notFound()
  return name
}

const withTags = ({ droplets, volumes }: Account) => [...droplets.values(), ...volumes.values()]

const view = (account: Account, name: string) => {
  const count = (all: Iterable<{ readonly tags: readonly string[] }>) => ({
    count: [...all].filter(({ tags }) => tags.includes(name)).length,
  })
  return {
    name,
    resources: {
      ...count(withTags(account)),
      droplets: count(account.droplets.values()),
      images: { count: 0 },
      volumes: count(account.volumes.values()),
      volume_snapshots: { count: 0 },
      databases: { count: 0 },
    },
  }
}

function remove(from: string[], name: string): void {
  const place = from.indexOf(name)
  if (place >= 0) from.splice(place, 1)
}
