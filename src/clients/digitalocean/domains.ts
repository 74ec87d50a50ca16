import * as z from 'zod'
import { page } from './answers.ts'

/** A record of a zone, as far as groundwork looks at it. `name` is without the zone: `@`, `www`. */
const record = z.object({
  id: z.number(),
  type: z.string(),
  name: z.string(),
  data: z.string().nullish(),
  ttl: z.number().nullish(),
})
export type DnsRecord = z.output<typeof record>

export const recordPage = page('domain_records', record)
