import { Fault } from '../engine/fault.ts'
import { quote } from '../engine/sh.ts'
import { readInventory } from '../inventory/read.ts'
import { printable } from '../report/printable.ts'
import { meetOne } from './one-host.ts'

const LINES = 100

/** The last lines of a service of the platform, as its swarm tells them. @returns the exit status */
export async function logs(file: string, service: string): Promise<number> {
  const org = readInventory(file)
  const manager = org.hosts.find(({ role }) => role === 'manager')
  const { remote } = await meetOne(org, manager?.name ?? '')
  let rest = ''
  let said = ''
  const ended = await remote.run(
    `exec docker service logs --no-trunc --timestamps --tail ${LINES} -- ${quote(service)} 2>&1 </dev/null\n`,
    {
      deadlineSeconds: 60,
      stdout: (chunk) => {
        const lines = (rest + chunk.toString()).split('\n')
        rest = lines.pop() ?? ''
        said = lines.at(-1) ?? said
        for (const line of lines) process.stdout.write(`${printable(line)}\n`)
      },
      stderr: () => undefined,
    },
  )
  remote.close()
  if (ended.exit === 0) return 0
  throw new Fault(`There are no logs of ${service}.`, {
    at: manager?.name,
    because: said || 'the host did not answer',
    try: `its services:  npx tsx bootstrap.ts ssh ${manager?.name} --inventory ${file}   and there: docker service ls`,
  })
}
