import type { Host } from '../inventory/org.ts'

/** Addresses for the bridges inside one host: those of the candidates in which no host lives. */
export const bridgePool = (hosts: readonly Host[]): string =>
  free(['172.30.0.0/16', '172.31.0.0/16'], hosts)[0] ?? '172.30.0.0/16'

/** Addresses for the overlay networks of all hosts, likewise; the first that no route uses is taken where the swarm begins. */
export const overlayPools = (hosts: readonly Host[]): readonly string[] =>
  free(['10.201.0.0/16', '10.202.0.0/16', '172.29.0.0/16', '192.168.240.0/20'], hosts)

// Two addresses whose first halves differ are far enough apart for all of these.
const free = (candidates: readonly string[], hosts: readonly Host[]): readonly string[] =>
  candidates.filter((candidate) => !hosts.some(({ primaryAddress }) => half(primaryAddress) === half(candidate)))

const half = (address: string): string => address.split('.').slice(0, 2).join('.')
