import { list, type Mark, record, shown } from './mark.ts'

/** Names are made for a platform that is reached from everywhere, in a zone in which its domain stands. */
export function checkDns(value: unknown): readonly Mark[] {
  const root = record(value)
  const account = record(root.digitalocean)
  if (!('dns' in account)) return []
  const { zone } = record(account.dns)
  const { profile = 'lan', domain } = record(root.access)
  const path = ['digitalocean', 'dns']
  const inZone = typeof domain === 'string' && typeof zone === 'string' && `.${domain}`.endsWith(`.${zone}`)
  return [
    ...(profile === 'public'
      ? []
      : [{ path, key: true, message: `needs access: { profile: public }; it is ${shown(profile)}` }]),
    ...(domain === undefined ? [{ path, key: true, message: 'needs access.domain, the name of the platform' }] : []),
    ...(typeof domain === 'string' && typeof zone === 'string' && !inZone
      ? [{ path: [...path, 'zone'], message: `is ${shown(zone)}, in which access.domain ${shown(domain)} is not` }]
      : []),
    ...(list(root.hosts).length && list(root.hosts).every((host) => record(host).provider === 'sandbox')
      ? [{ path, key: true, message: 'needs a host with an address; every host is a sandbox' }]
      : []),
  ]
}
