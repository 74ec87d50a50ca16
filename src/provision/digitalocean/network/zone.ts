import { whatever } from '../../../clients/digitalocean/answers.ts'
import type { Org } from '../../../inventory/org.ts'
import type { Kind } from '../kind.ts'
import { madeOnce } from '../made.ts'

/** The zone in which the names stand. */
export interface ZoneWanted {
  readonly kind: 'zone'
  readonly name: string
  /** It is made where there is none. */
  readonly create: boolean
}

export const zonesWanted = ({ digitalocean }: Org): readonly ZoneWanted[] =>
  digitalocean?.dns ? [{ kind: 'zone', name: digitalocean.dns.zone, create: digitalocean.dns.create }] : []

export const zone: Kind<ZoneWanted> = {
  title: ({ name }) => `DNS zone ${name}`,
  desired: ({ name }) => ({ zone: name }),
  actual: ({ name }, { zones }) => (zones.some(({ id }) => id === name) ? { zone: name } : undefined),
  refuses: ({ name, create }, { zones }, org) =>
    create || zones.some(({ id }) => id === name)
      ? undefined
      : {
          because: `There is no zone ${name} at DigitalOcean: the account of the token does not have it, and a zone that nobody has delegated there answers nobody`,
          try: `write create: true under digitalocean.dns in ${org.file}, and at your registrar the name servers ns1, ns2 and ns3.digitalocean.com; or the zone that there is: https://cloud.digitalocean.com/networking/domains`,
        },
  fix: async ({ name }, _, { account, signal }) => {
    const isThere = async () => {
      account.stale()
      return (await account.read()).zones.some(({ id }) => id === name)
    }
    await madeOnce(() => account.api.post('/v2/domains', { name }, whatever), isThere, signal, true)
  },
}
