import type { ComposeService } from './platform-schema.ts'

/** The keys by which a service names configs, secrets, networks or volumes of its file. */
export function sourcesOf(
  service: ComposeService,
  kind: 'configs' | 'secrets' | 'networks' | 'volumes',
): readonly string[] {
  if (kind === 'networks') {
    const networks = service.networks ?? []
    return Array.isArray(networks) ? networks : Object.keys(networks)
  }
  if (kind === 'volumes') return (service.volumes ?? []).flatMap(volumeOf)
  return (service[kind] ?? []).map((used) => (typeof used === 'string' ? used : used.source))
}

function volumeOf(mount: string | { type: string; source?: string }): readonly string[] {
  if (typeof mount !== 'string') return mount.type === 'volume' && mount.source ? [mount.source] : []
  const source = mount.split(':')[0] ?? ''
  return mount.includes(':') && !/^[./~]/.test(source) ? [source] : []
}
