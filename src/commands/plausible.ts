import { filled } from '../inventory/fill.ts'
import type { Host, Org } from '../inventory/org.ts'
import type { Inventory } from '../inventory/schema.ts'

/**
 * The organization as a run might know it after first contact, with facts that are made up: small hosts, so that what is
 * done for small ones is there, too. What an existing host runs is not known: one organization with each Debian.
 */
export function orgsLike(inventory: Inventory, file: string): readonly Org[] {
  const read = filled(inventory, file)
  const releases = read.hosts.some(({ provider }) => provider === 'existing') ? ['trixie', 'bookworm'] : ['trixie']
  const operators = read.operators.map((one) => ({
    ...one,
    keys: one.keys.map((key) => (key.startsWith('generated') ? key.replace('generated', MADE) : key)),
  }))
  return releases.map((release) => ({
    ...read,
    operators,
    hosts: read.hosts.map(
      (host, index): Host => ({
        ...host,
        distribution: 'debian',
        codename: host.provider === 'existing' ? release : host.release,
        architecture: 'amd64',
        memoryMiB: 2048,
        cores: 2,
        primaryAddress: `192.0.${2 + Math.floor(index / 250)}.${(index % 250) + 1}`,
        sharesKernel: host.provider === 'sandbox',
      }),
    ),
  }))
}

// Nobody's: it is compared, and never shown.
const MADE = `ssh-ed25519 ${'A'.repeat(68)} made`
