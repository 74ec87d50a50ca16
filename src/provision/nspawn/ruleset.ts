/** An organization's network on this machine. */
export interface Network {
  readonly bridge: string
  readonly subnet: string
}

/** Whose process the package cache is: a user id without a name, so that rules can tell what it does from what others do. */
export const packagesUser = 64777

/** Where the package cache answers: a link-local address that all sandbox hosts reach through their bridge, and nobody else. */
export const packagesAt = { bridge: 'gw-packages', address: '169.254.77.1', port: 13142 }

/** Name of our table, family inet. */
export const table = 'groundwork_sandbox'

/**
 * Our whole table, for `nft -f -`; replaces the old one in one step. Organizations do not meet, not even by way of the package cache,
 * which must not lend its hands to reach this machine's own services either. `proxyPort` is the operator's own apt proxy, which it needs.
 */
export const ruleset = (networks: readonly Network[], proxyPort?: number): string => `
table inet ${table} {}
delete table inet ${table}
table inet ${table} {
  set subnets {
    type ipv4_addr; flags interval
    elements = { ${networks.map(({ subnet }) => subnet).join(', ')} }
  }
  chain forward {
    type filter hook forward priority filter - 10; policy accept;
${networks.map(({ bridge }) => `    iifname "${bridge}" oifname "${bridge}" accept`).join('\n')}
    iifname "gwb-*" oifname "gwb-*" drop
    oifname "gwb-*" ct state established,related accept
    oifname "gwb-*" drop
  }
  chain input {
    type filter hook input priority filter - 10; policy accept;
    iifname "lo" accept
${networks.map(({ bridge, subnet }) => `    iifname "${bridge}" ip saddr != ${subnet} drop`).join('\n')}
    iifname != "gwb-*" ip daddr ${packagesAt.address} drop
  }
  chain output {
    type filter hook output priority filter - 10; policy accept;
    meta skuid ${packagesUser} ct state established,related accept
    meta skuid ${packagesUser} oifname "gwb-*" drop
    meta skuid ${packagesUser} oifname "lo" tcp dport != { ${[53, ...(proxyPort ? [proxyPort] : [])].join(', ')} } drop
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr @subnets oifname != "gwb-*" masquerade
  }
}
`
