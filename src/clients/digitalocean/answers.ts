import * as z from 'zod'
import type { Page } from './api.ts'

const address = z.object({ ip_address: z.string(), type: z.string() })

/** A droplet, as far as groundwork looks at it. */
const droplet = z.object({
  id: z.number(),
  name: z.string(),
  status: z.string(),
  created_at: z.string(),
  size_slug: z.string(),
  features: z.array(z.string()),
  tags: z.array(z.string()),
  region: z.object({ slug: z.string() }),
  image: z.object({ slug: z.string().nullish(), distribution: z.string().nullish(), name: z.string().nullish() }),
  networks: z.object({ v4: z.array(address) }),
  vpc_uuid: z.string().nullish(),
  volume_ids: z.array(z.string()).nullish(),
})
export type Droplet = z.output<typeof droplet>

const target = z.object({ addresses: z.array(z.string()).nullish(), tags: z.array(z.string()).nullish() })
const rule = { protocol: z.string(), ports: z.string().nullish() }
const firewall = z.object({
  id: z.string(),
  name: z.string(),
  tags: z.array(z.string()).nullish(),
  droplet_ids: z.array(z.number()).nullish(),
  inbound_rules: z.array(z.object({ ...rule, sources: target })).nullish(),
  outbound_rules: z.array(z.object({ ...rule, destinations: target })).nullish(),
})
export type Firewall = z.output<typeof firewall>

const sshKey = z.object({ id: z.number(), name: z.string(), fingerprint: z.string() })
export type SshKey = z.output<typeof sshKey>

const size = z.object({ slug: z.string(), available: z.boolean(), regions: z.array(z.string()) })
const region = z.object({ slug: z.string(), available: z.boolean() })

// Links name the next page, where there is one.
const links = z.object({ pages: z.object({ next: z.string().optional() }).optional() }).optional()

/** A page of a list, whose objects stand under this key. */
export function page<T>(key: string, item: z.ZodType<T>): z.ZodType<Page<T>> {
  return z.object({ [key]: z.array(item), links }).transform((answer) => ({
    items: answer[key] as readonly T[],
    more: (answer.links as z.output<typeof links>)?.pages?.next !== undefined,
  }))
}

export const dropletPage = page('droplets', droplet)
export const firewallPage = page('firewalls', firewall)
export const sshKeyPage = page('ssh_keys', sshKey)
export const sizePage = page('sizes', size)
export const regionPage = page('regions', region)
export const oneDroplet = z.object({ droplet })
export const oneFirewall = z.object({ firewall })
export const oneSshKey = z.object({ ssh_key: sshKey })
const action = z.object({ id: z.number(), status: z.string(), type: z.string(), started_at: z.string().nullish() })
export const oneAction = z.object({ action })
export const actionPage = page('actions', action)
/** Where what was made is read again anyway. */
export const whatever = z.unknown()
