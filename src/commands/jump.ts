import type { Duplex } from 'node:stream'
import { connect } from '../engine/connect.ts'
import { Fault } from '../engine/fault.ts'
import type { Remote } from '../engine/remote.ts'
import { hop, sshOptions } from '../engine/ssh-options.ts'

/**
 * The way through the jump hosts of ~/.ssh/config (ProxyJump), outermost first.
 * Each one's key must stand in the operator's own known_hosts: groundwork does not keep keys of hosts that are not its own.
 */
export const throughJumps =
  (jumps: readonly string[], hostname: string, port: number): (() => Promise<Duplex>) =>
  async () => {
    const passed: Remote[] = []
    const leave = () => {
      for (const remote of passed) remote.close()
    }
    try {
      for (const text of jumps) passed.push(await connectJump(text, passed.at(-1)))
      const last = passed.at(-1)
      if (!last) throw new Error('no jump host')
      const stream = await last.forward(hostname, port)
      stream.once('close', leave)
      return stream
    } catch (error) {
      leave()
      throw error
    }
  }

async function connectJump(text: string, before: Remote | undefined): Promise<Remote> {
  const { user, host, port } = hop(text)
  const options = await sshOptions(host)
  const known = await knownFingerprints(options.hostname, port ?? options.port)
  return connect({
    name: `jump host ${host}`,
    address: options.hostname,
    port: port ?? options.port,
    user: user ?? options.user ?? 'root',
    identities: options.identities,
    agent: options.agent,
    identitiesOnly: options.identitiesOnly,
    verify: (seen) => {
      if (known.includes(seen)) return
      throw new Fault(`The key of the jump host ${host} is not the one in your known_hosts.`, {
        kind: 'other key',
        at: host,
        because: `known  ${known.join(', ') || 'none'}\nshown  ${seen}\nNothing was sent, no login was tried.`,
        try: `compare it on its console, then log in once by hand:  ssh ${text}`,
      })
    },
    through: before ? () => before.forward(options.hostname, port ?? options.port) : undefined,
  })
}

// ssh-keygen reads known_hosts as ssh does: hashed names, patterns and ports.
async function knownFingerprints(host: string, port: number): Promise<readonly string[]> {
  const name = port === 22 ? host : `[${host}]:${port}`
  const { $ } = await import('zx/core')
  const { stdout } = await $({ quiet: true, nothrow: true, timeout: '5s' })`ssh-keygen -l -F ${name}`
  return [...stdout.matchAll(/SHA256:[A-Za-z0-9+/]+/g)].map(([found]) => found)
}
