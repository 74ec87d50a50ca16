import type { Sandbox } from '../sandbox.ts'

/** Where this machine stands for another one. */
export interface Stand {
  readonly name: string
  /** What the host takes for the other's address: one that is nobody's (RFC 5737). */
  readonly address: string
  /** This machine's own address, as the host reaches it. */
  readonly gateway: string
  /** The other's port → one of this machine. */
  readonly ports: Readonly<Record<number, number>>
  /** The certificate of an authority that the host is to trust, in PEM. */
  readonly authority: string
}

/** What this host takes for a server of Tailscale is this machine, in name, address and certificate. The host needs nftables. */
export async function standsFor({ sh }: Sandbox, host: string, stand: Stand): Promise<void> {
  const { name, address, gateway, ports, authority } = stand
  const table = `lab-${name.split('.')[0]}`
  const rules = Object.entries(ports).map(
    ([from, to]) => `ip daddr ${address} tcp dport ${from} dnat to ${gateway}:${to}`,
  )
  await sh(
    host,
    `cat > /usr/local/share/ca-certificates/${table}.crt <<'END'
${authority}END
update-ca-certificates >/dev/null 2>&1
echo '${address} ${name}' >> /etc/hosts
echo 'Acquire::https::Proxy::${name} "DIRECT";' > /etc/apt/apt.conf.d/95${table}
nft -f - <<'END'
table ip ${table} {
chain output {
type nat hook output priority -100
${rules.join('\n')}
}
}
END`,
  )
}
