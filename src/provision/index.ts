import type { HostWish } from '../inventory/org.ts'
import { digitalocean } from './digitalocean.ts'
import { existing } from './existing.ts'
import type { Provider } from './provider.ts'
import { sandbox } from './sandbox.ts'

const providers: Readonly<Record<HostWish['provider'], Provider>> = { existing, sandbox, digitalocean }

/** How this host comes to exist, as its inventory says. */
export const providerOf = (host: Pick<HostWish, 'provider'>): Provider => providers[host.provider]
