import * as z from 'zod'

// `name` is the MagicDNS name, whole; `hostname` what the machine says of itself, which several may say.
const device = z.object({
  nodeId: z.string(),
  name: z.string(),
  hostname: z.string(),
  tags: z.array(z.string()).nullish(),
  connectedToControl: z.boolean().nullish(),
  lastSeen: z.string().nullish(),
})
/** A node of a tailnet, as far as groundwork looks at it. */
export type Device = z.output<typeof device>

export const deviceList = z.object({ devices: z.array(device) })
/** The key itself is told this once. */
export const oneKey = z.object({ key: z.string().regex(/^[!-~]{8,512}$/) })
export const oneToken = z.object({ access_token: z.string().regex(/^[!-~]{8,4096}$/), expires_in: z.number() })
/** Where nothing is read. */
export const whatever = z.unknown()
