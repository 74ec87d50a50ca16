import type { Droplet } from '../../clients/digitalocean/answers.ts'
import type { Api } from '../../clients/digitalocean/api.ts'
import { Fault } from '../../engine/fault.ts'
import { readLockFile } from '../../inventory/lock-file.ts'
import type { AtDigitalOcean } from '../../inventory/lock-file-schema.ts'
import type { Org } from '../../inventory/org.ts'
import { LISTS, type List, type ListName, type Objects, type Paged } from './lists.ts'
import { hasTag, orgTag } from './names.ts'

/** Asks all lists at the same time. They also say whether the token may read what groundwork makes. `made` are objects that lists may not show yet. */
export async function readObjects(api: Api, org: Org, made: readonly Partial<Objects>[]): Promise<Objects> {
  const noted = readLockFile(org).digitalocean ?? {}
  const read = async (name: ListName, path: string | undefined) => {
    const list = LISTS[name] as unknown as List<{ readonly id: unknown }>
    const late = made.flatMap((one) => [...(one[name] ?? [])])
    return [name, await whole(list, path, api, org, noted, late)] as const
  }
  const names = Object.keys(LISTS) as ListName[]
  const first = await Promise.all(names.map((name) => read(name, pathOf(LISTS[name], org, noted))))
  const known = { ...Object.fromEntries(first), noted } as unknown as Objects
  mustShowTags(known.droplets, org.name)
  const more = names.flatMap((name) => {
    const list = LISTS[name]
    const path = 'read' in list || pathOf(list, org, noted) !== undefined ? undefined : list.later?.(org, known, noted)
    return path === undefined ? [] : [read(name, path)]
  })
  return { ...known, ...Object.fromEntries(await Promise.all(more)) }
}

const pathOf = (
  list: { readonly path: Paged<never>['path'] } | object,
  org: Org,
  noted: AtDigitalOcean,
): string | undefined => ('path' in list ? list.path(org, noted) : undefined)

async function whole<T extends { readonly id: unknown }>(
  list: List<T>,
  path: string | undefined,
  api: Api,
  org: Org,
  noted: AtDigitalOcean,
  made: readonly T[],
): Promise<readonly T[]> {
  const told = 'read' in list ? await list.read(api, org, noted) : await paged(list, path, api, org)
  const { again = async (_, one) => one } = list
  const late = made.filter(({ id }) => !told.some((one) => one.id === id))
  return [...told, ...(await Promise.all(late.map(async (one) => (await again(api, one)) ?? one)))]
}

async function paged<T>(
  { page, ours = () => true }: Paged<T>,
  path: string | undefined,
  api: Api,
  org: Org,
): Promise<readonly T[]> {
  return path === undefined ? [] : (await api.list(path, page)).filter((one) => ours(one, org))
}

// Without the scope tag:read a droplet is listed by its tag and shown without any: ours would look like nobody's, and be made again.
function mustShowTags(droplets: readonly Droplet[], org: string): void {
  const bare = droplets.find((one) => !hasTag(one, orgTag(org)))
  if (!bare) return
  throw new Fault('The token may not read tags, by which droplets are found again. Nothing was changed.', {
    at: 'operator › cloud',
    because: `the droplet ${bare.id} ${bare.name} is listed as one with the tag ${orgTag(org)}, and shown without it`,
    try: 'give the token the scope tag:read as well: https://cloud.digitalocean.com/account/api/tokens',
  })
}
