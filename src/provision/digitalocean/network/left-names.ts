import type { Left } from '../left.ts'
import type { Objects } from '../lists.ts'
import type { DnsNameWanted } from './dns-name.ts'
import { markOf, said } from './dns-records.ts'

/** Names that have our mark, and that the inventory wants no more in this zone. */
export function leftNames({ zones }: Objects, wanted: readonly DnsNameWanted[], org: string): readonly Left[] {
  const names = wanted.map(({ name, zone }) => `${name} in ${zone}`)
  return zones.flatMap(({ id, records }) =>
    records
      .filter(({ type, name, data }) => type === 'TXT' && said(data) === markOf(org) && MARK.test(name))
      .map(({ name }) => [name.replace(MARK, ''), id].filter(Boolean).join('.'))
      .filter((name) => !names.includes(`${name} in ${id}`))
      .map((name) => ({
        list: 'zones',
        name: id,
        text: `The DNS name ${name} was made for ${org}, and no route leads there any more: it stays. To let it go: https://cloud.digitalocean.com/networking/domains/${id}`,
      })),
  )
}

const MARK = /^_groundwork(\.|$)/
