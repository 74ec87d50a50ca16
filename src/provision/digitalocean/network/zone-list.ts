import type { Api } from '../../../clients/digitalocean/api.ts'
import { type DnsRecord, recordPage } from '../../../clients/digitalocean/domains.ts'
import type { AtDigitalOcean } from '../../../inventory/lock-file-schema.ts'
import type { Org } from '../../../inventory/org.ts'

/** A zone with all of its records, those of others included. */
export interface Zone {
  /** `example.org` */
  readonly id: string
  readonly records: readonly DnsRecord[]
}

/** The zone of an organization that wants names, and those in which it had some: one list each, which also says whether it is there. */
export async function readZones(
  api: Api,
  { digitalocean }: Org,
  { zones = [] }: AtDigitalOcean,
): Promise<readonly Zone[]> {
  const { zone } = digitalocean?.dns ?? {}
  const names = [...new Set([...(zone === undefined ? [] : [zone]), ...zones])]
  const all = await Promise.all(names.map((id) => api.listIn(`/v2/domains/${id}/records`, recordPage)))
  return names.flatMap((id, index) => (all[index] ? [{ id, records: all[index] }] : []))
}
