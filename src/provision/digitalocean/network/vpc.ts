import { oneVpc, type Vpc } from '../../../clients/digitalocean/vpcs.ts'
import type { Org } from '../../../inventory/org.ts'
import type { Kind, Refusal } from '../kind.ts'
import type { Objects } from '../lists.ts'
import { madeOnce } from '../made.ts'
import { vpcName } from '../names.ts'

/** The organization's private network in a region. A droplet is in one from the moment it is made, and stays in it. */
export interface VpcWanted {
  readonly kind: 'vpc'
  readonly name: string
  readonly region: string
  /** CIDR; undefined: the provider chooses. */
  readonly range: string | undefined
}

export function vpcsWanted(org: Org): readonly VpcWanted[] {
  const { vpc: wish } = org.digitalocean ?? {}
  const regions = [...new Set(org.hosts.flatMap(({ droplet }) => droplet?.region ?? []))]
  return wish
    ? regions.map((region) => ({ kind: 'vpc', name: vpcName(org.name, region), region, range: wish.range }))
    : []
}

/** Found by its name, which is its alone in an account. */
export const vpc: Kind<VpcWanted> = {
  title: ({ name }) => `private network ${name}`,
  desired: ({ region, range }) => ({ region, ...(range !== undefined && { range }) }),
  actual: ({ name }, objects) => {
    const one = vpcOf(objects, name)
    return one && { region: one.region, range: one.ip_range }
  },
  refuses: ({ name, range }, objects, org): Refusal | undefined => {
    const one = vpcOf(objects, name)
    if (!one || range === undefined || one.ip_range === range) return undefined
    return {
      because: `the private network ${name} has the range ${one.ip_range}, and the inventory says ${range}: a range stays as it was made, and so do the droplets in it`,
      try: `write range: ${one.ip_range} into ${org.file}`,
    }
  },
  fix: async ({ name, region, range }, _, { account, signal }) => {
    const { api } = account
    const body = { name, region, description: 'made by groundwork', ...(range !== undefined && { ip_range: range }) }
    await madeOnce(
      async () => account.made({ vpcs: [(await api.post('/v2/vpcs', body, oneVpc)).vpc] }),
      async () => {
        account.stale()
        return vpcOf(await account.read(), name) !== undefined
      },
      signal,
    )
  },
}

/** The network of this name; undefined: there is none. */
export const vpcOf = ({ vpcs }: Pick<Objects, 'vpcs'>, name: string): Vpc | undefined =>
  vpcs.find((one) => one.name === name)
