import { Fault } from '../engine/fault.ts'
import { readLockFile } from '../inventory/lock-file.ts'
import type { Org } from '../inventory/org.ts'
import { isMet, type Met, meetAll } from './meet.ts'

/** Connects to one host of the inventory, which must exist already. @throws Fault */
export async function meetOne(org: Org, name: string): Promise<Met> {
  const hosts = org.hosts.filter((host) => host.name === name)
  if (!hosts.length)
    throw new Fault(`There is no host ${name} in ${org.file}.`, {
      because: `the hosts are ${org.hosts.map((host) => host.name).join(', ')}`,
      exit: 64,
    })
  const [one] = await meetAll({ ...org, hosts }, readLockFile(org), true, {}, () => undefined)
  if (one && isMet(one)) return one
  throw (
    (one && 'fault' in one && one.fault) ||
    new Fault(`${name} does not exist yet.`, { at: name, try: `npx tsx bootstrap.ts --inventory ${org.file}` })
  )
}
