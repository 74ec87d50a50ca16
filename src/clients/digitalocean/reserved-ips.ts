import * as z from 'zod'
import { page } from './answers.ts'

/** An address that stays, as far as groundwork looks at it: the address is what it is known by. */
const reservedIp = z
  .object({
    ip: z.string(),
    region: z.object({ slug: z.string() }),
    droplet: z.object({ id: z.number(), name: z.string() }).nullish(),
    project_id: z.string().nullish(),
  })
  .transform((one) => ({ ...one, id: one.ip }))
export type ReservedIp = z.output<typeof reservedIp>

export const reservedIpPage = page('reserved_ips', reservedIp)
export const oneReservedIp = z.object({ reserved_ip: reservedIp })

/** One that was just made for a droplet, with the action that leads it there. */
export const newReservedIp = z.object({
  reserved_ip: reservedIp,
  links: z.object({ actions: z.array(z.object({ id: z.number() })).nullish() }).nullish(),
})
