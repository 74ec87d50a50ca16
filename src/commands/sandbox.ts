import { Fault } from '../engine/fault.ts'
import { readInventory } from '../inventory/read.ts'
import { listSandboxes, removeAllSandboxes, removeSandbox, type Sandbox } from '../provision/sandbox.ts'
import { COMMAND } from './options.ts'

/** `sandbox list`, `sandbox down NAME --inventory FILE`, `sandbox down --all`. @returns the exit status */
export async function sandbox(
  action: string,
  name: string | undefined,
  flags: { readonly inventory?: string; readonly all?: boolean },
): Promise<number> {
  if (action === 'list') return told(await listSandboxes(), 'There is no sandbox host on this machine.')
  if (action !== 'down') throw usage(`There is no action ${action}: it is list or down.`)
  if (flags.all) return told(await removeAllSandboxes(), 'There was no sandbox host on this machine.', 'taken away')
  if (flags.inventory === undefined) throw usage('Which host? Without --inventory it is not clear.')
  const org = readInventory(flags.inventory)
  const hosts = org.hosts.filter((host) => host.provider === 'sandbox' && (name === undefined || host.name === name))
  if (!hosts.length) throw usage(`There is no sandbox host ${name ?? ''} in ${flags.inventory}.`)
  for (const host of hosts) {
    const removed = await removeSandbox(org.name, host.name)
    process.stdout.write(`${host.name} ${removed ? 'taken away' : 'was not there'}\n`)
  }
  return 0
}

function told(hosts: readonly Sandbox[], none: string, word = ''): number {
  if (!hosts.length) process.stdout.write(`${none}\n`)
  for (const { org, host, address, running } of hosts) {
    process.stdout.write(
      `${host.padEnd(16)} ${org.padEnd(16)} ${address.padEnd(16)} ${word || (running ? 'running' : 'stopped')}\n`,
    )
  }
  return 0
}

const usage = (what: string): Fault =>
  new Fault(what, { try: `${COMMAND} sandbox list, or: ${COMMAND} sandbox down NAME --inventory FILE`, exit: 64 })
