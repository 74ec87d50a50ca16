import ipaddr from 'ipaddr.js'
import { Fault } from '../../engine/fault.ts'

const numbers = Array.from({ length: 50 }, (_, index) => 77 + index)
const candidates = [...numbers.map((n) => `10.${n}.0.0/24`), ...numbers.map((n) => `192.168.${n}.0/24`)]

/** The first network that overlaps none of these (CIDRs, or single addresses, as `ip route` prints them). */
export function freeSubnet(routed: readonly string[]): string {
  const free = candidates.find((candidate) => !routed.some((route) => overlap(candidate, route)))
  if (free) return free
  throw new Fault('This machine has no free network for sandbox hosts.', {
    because: `10.77.0.0/24 … 10.126.0.0/24 and 192.168.77.0/24 … 192.168.126.0/24 are all routed already: ${routed.slice(0, 8).join(' ')}`,
    try: 'take a route away (a VPN that takes all of 10.0.0.0/8?), or sandbox hosts that are no longer used: npx tsx bootstrap.ts sandbox list',
  })
}

/** Do these two networks share an address? */
export function overlap(one: string, other: string): boolean {
  const [a, aBits] = network(one)
  const [b, bBits] = network(other)
  return a.match(b, Math.min(aBits, bBits))
}

/** The first address for a host (from .11 on) that nobody has; the bridge itself is .1. */
export function freeAddress(subnet: string, taken: readonly string[]): string {
  for (let last = 11; last < 255; last += 1) {
    const address = addressIn(subnet, last)
    if (!taken.includes(address)) return address
  }
  throw new Fault('An organization can have 244 sandbox hosts, and has them.', {
    try: 'npx tsx bootstrap.ts sandbox list',
  })
}

/** The address with this last number. */
export const addressIn = (subnet: string, last: number): string => subnet.replace(/\.0\/24$/, `.${last}`)

const network = (text: string): [ipaddr.IPv4, number] => ipaddr.IPv4.parseCIDR(text.includes('/') ? text : `${text}/32`)
