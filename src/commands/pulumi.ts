import { rm } from 'node:fs/promises'
import { Fault } from '../engine/fault.ts'
import { readInventory } from '../inventory/read.ts'
import { install } from '../provision/pulumi/install.ts'
import { holderOf, isStale, locksOf } from '../provision/pulumi/locks.ts'
import { printable } from '../report/printable.ts'
import { COMMAND } from './options.ts'

/** `pulumi install` and `pulumi unlock`. @returns the exit status: 75 where somebody still holds the state */
export async function pulumi(action: string, file: () => string, yes: boolean): Promise<number> {
  const tell = (text: string) => console.log(printable(text))
  if (action === 'install') {
    await install(tell)
    return 0
  }
  if (action === 'unlock') return unlock(file(), yes, tell)
  throw new Fault(`pulumi knows no ${action}.`, {
    because: 'it knows install and unlock',
    try: `${COMMAND} pulumi install`,
    exit: 64,
  })
}

async function unlock(file: string, yes: boolean, tell: (text: string) => void): Promise<number> {
  const { name, digitalocean } = readInventory(file)
  const { state } = digitalocean?.pulumi ?? {}
  if (state === undefined)
    throw new Fault(`${name} has no Pulumi state: the way of digitalocean is api.`, { at: file, exit: 64 })
  if (!state.startsWith('file:'))
    throw new Fault('A lock in a bucket is broken by Pulumi itself.', {
      at: 'digitalocean.pulumi.state',
      because: `the state is in ${state}`,
      try: `PULUMI_BACKEND_URL='${state}' pulumi cancel --stack organization/groundwork/${name}`,
      exit: 64,
    })
  const locks = await locksOf(state, name)
  if (!locks.length) tell(`nobody holds the Pulumi state of ${name}`)
  let exit = 0
  for (const lock of locks) {
    // One of this machine is known to have ended, or to run; of another machine's only a person knows.
    const mayBreak = isStale(lock) || (yes && !/it runs$/.test(holderOf(lock)))
    tell(`${holderOf(lock)}\n  ${lock.at}${mayBreak ? ': taken away' : ''}`)
    if (mayBreak) await rm(lock.at, { force: true })
    else exit = 75
  }
  if (exit) tell('Has it ended, on that machine? Then add --yes. What runs here is ended first, by its pid.')
  return exit
}
