import type { Host } from '../inventory/org.ts'
import { hostsFor } from './placement.ts'
import type { Platform } from './platform-schema.ts'

/** A port that the platform opens on a host. */
export interface Published {
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
}

/** The ports that services publish on this host, wherever they may be placed on it. Nothing else answers from outside. */
export function publishedPorts(platform: Platform, host: Host): readonly Published[] {
  const all = platform.layers.flatMap(({ compose }) =>
    Object.values(compose.services)
      .filter((service) => hostsFor(service, [host]).length > 0)
      .flatMap((service) => (service.ports ?? []).map(portOf)),
  )
  return all.filter((one): one is Published => one !== undefined).sort((one, other) => one.port - other.port)
}

/** Whether any service publishes this TCP port. */
export const isPublished = ({ layers }: Pick<Platform, 'layers'>, wanted: number): boolean =>
  layers.some(({ compose }) =>
    Object.values(compose.services).some(({ ports = [] }) =>
      ports.map(portOf).some((one) => one?.port === wanted && one.protocol === 'tcp'),
    ),
  )

function portOf(port: string | { readonly published?: number; readonly protocol?: string }): Published | undefined {
  if (typeof port !== 'string') {
    return port.published === undefined
      ? undefined
      : { port: port.published, protocol: port.protocol === 'udp' ? 'udp' : 'tcp' }
  }
  const match = /^(?:[\d.]+:)?(\d+):\d+(?:\/(tcp|udp))?$/.exec(port)
  return match ? { port: Number(match[1]), protocol: match[2] === 'udp' ? 'udp' : 'tcp' } : undefined
}
