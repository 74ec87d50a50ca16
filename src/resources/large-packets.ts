import type { Fix, Resource } from '../engine/resource.ts'
import { resource } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'
import type { Host } from '../inventory/org.ts'
import { refuse } from './refuse.ts'

// Of IPv4 and of ICMP.
const HEADERS = 28

/** Packets of this size, in bytes, get from this host to each of the others whole, and back. Needs the package iputils-ping. */
export const largePackets = (others: readonly Pick<Host, 'name' | 'primaryAddress'>[], bytes: number): Resource =>
  resource<string>({
    name: 'large packets',
    desired: Object.fromEntries(others.map(({ name }) => [`to ${name}`, pass(bytes)])),
    actual: Object.fromEntries(
      others.map(({ name, primaryAddress }) => [`to ${name}`, answersOf(primaryAddress, bytes)]),
    ),
    fix: (changes): Fix => {
      // Where ping came only with this round, nobody has asked yet: it is asked again.
      const lost = others.filter(({ name }) => changes[`to ${name}`]?.from !== undefined)
      const [first] = lost
      if (!first) return []
      return refuse(
        `packets of ${bytes} bytes are lost on the way to ${lost.map(({ name }) => name).join(', ')}: overlay networks stall on what is large`,
        `something between has a smaller MTU; find what passes:  ping -M do -s ${bytes - HEADERS - 100} ${first.primaryAddress}; or set the interfaces to that:  ip link set dev … mtu …`,
      )
    },
  })

const pass = (bytes: number): string => `${bytes} bytes pass`

// Not to be cut on the way (DF). One that answers not even a small one says nothing of large ones: it may be down.
const answersOf = (address: string, bytes: number): Sh => sh`command -v ping >/dev/null || exit 44
try() { ping -n -q -c 1 -W "$1" -M do -s "$2" ${address} >/dev/null 2>&1; }
if try 1 ${bytes - HEADERS} || try 2 ${bytes - HEADERS}; then echo ${pass(bytes)}
elif try 1 56 || try 2 56; then echo 'only small ones pass'
else echo ${`${address} answers no ping: it is down, or ICMP is shut out between the hosts, which hides what packets may weigh`} >&2; exit 1; fi`
