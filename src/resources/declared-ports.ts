import { openPorts } from '../clients/ports.ts'
import { Fault } from '../engine/fault.ts'
import { HOST_STATE } from '../engine/left-there.ts'
import { type Resource, resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'

const PROOF = `${HOST_STATE}/ports-proven`

/**
 * Every TCP port was connected to from here, and only the declared ones answered: proven anew whenever the rules in the
 * kernel, what Docker publishes, or what is declared has changed (Docker's published ports go round most firewalls: moby#4737).
 */
export function onlyDeclaredPorts(address: string, declared: readonly number[]): Resource {
  const wanted = [...declared].sort((one, other) => one - other).join(' ')
  // What the proof is about. Tables of Docker's own change with every container's address; ours and its published ports do not.
  const subject = sh`{ echo ${wanted}; nft -s list table inet groundwork; docker ps --format '{{.Ports}}' | tr ',' '\n' | grep -e '->' | sort -u; } 2>/dev/null | sha256sum`
  return resource({
    name: 'ports that answer from outside',
    desired: { proven: 'yes' },
    actual: { proven: sh`if [ "$(cat ${PROOF} 2>/dev/null)" = "$(${subject})" ]; then echo yes; else echo no; fi` },
    fix: () => [(signal) => prove(address, declared, signal), sh`${subject} > ${PROOF}`],
  })
}

async function prove(address: string, declared: readonly number[], signal: AbortSignal): Promise<void> {
  const open = await openPorts(address, signal)
  const extra = open.filter((port) => !declared.includes(port))
  if (!extra.length) return
  throw new Fault(`Ports answer that should not: ${extra.join(', ')}.`, {
    at: address,
    because: `connected to every TCP port of ${address} from here; declared are ${declared.join(', ')}`,
    try: `who listens there:  ss -tlnp 'sport = :${extra[0]}'   and if it is meant: firewall.open in the inventory`,
  })
}
