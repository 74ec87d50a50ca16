import type { Api } from '../../../clients/digitalocean/api.ts'
import { type DnsRecord, recordPage } from '../../../clients/digitalocean/domains.ts'
import type { Org } from '../../../inventory/org.ts'

/** A zone with all of its records, those of others included. */
export interface Zone {
  /** `example.org` */
  readonly id: string
  readonly records: readonly DnsRecord[]
}

/** The zone of an organization that wants names: one list, which also says whether it is there. */
export async function readZones(api: Api, { digitalocean }: Org): Promise<readonly Zone[]> {
  const { zone } = digitalocean?.dns ?? {}
  const records = zone === undefined ? undefined : await api.listIn(`/v2/domains/${zone}/records`, recordPage)
  return zone !== undefined && records ? [{ id: zone, records }] : []
}
