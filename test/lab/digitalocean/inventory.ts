import { ANA, BEN } from '../../inventory/broken/base.ts'

/** What of an inventory `mustBeExact` looks at. */
export interface Wishes {
  readonly operators: readonly { readonly keys: readonly string[] }[]
  readonly hosts: readonly {
    readonly name: string
    readonly reservedIp?: boolean
    readonly volumes?: readonly { readonly name: string; readonly sizeGiB: number }[]
  }[]
}

/** What hosts of these tests have, besides themselves. */
export const WITH_STORAGE = 'size: s-2vcpu-4gb, reservedIp: true, volumes: [{ name: data, sizeGiB: 50, at: /mnt/data }]'

/** So many hosts, each with this, and who may reach SSH. */
export const inventoryOf = (count = 2, more = 'size: s-2vcpu-4gb', sshFrom = '[]'): string =>
  `organization: mle
platform: demo
contact: ops@example.org
operators:
  - { name: ana, keys: [${ANA}] }
  - { name: ben, keys: [${BEN}] }
hosts:
${Array.from(
  { length: count },
  (_, index) =>
    `  - { name: mle-${index + 1}, provider: digitalocean, region: nyc3, ${more}, role: ${index ? 'worker' : 'manager, labels: { role: storage }'} }\n`,
).join('')}access: { profile: public, domain: example.org }
digitalocean: { token: { env: DO_TOKEN }, sshFrom: ${sshFrom} }
`
