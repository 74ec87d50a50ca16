import { Fault } from '../engine/fault.ts'
import { readInventory } from '../inventory/read.ts'
import { install } from '../provision/pulumi/install.ts'
import { holderOf, isStale, locksOf } from '../provision/pulumi/locks.ts'
import { placeOf } from '../provision/pulumi/state/place-of.ts'
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
  const org = readInventory(file)
  const { name } = org
  if (!org.digitalocean?.pulumi)
    throw new Fault(`${name} has no Pulumi state: the way of digitalocean is api.`, { at: file, exit: 64 })
  const place = placeOf(org, new AbortController().signal)
  const locks = await locksOf(place, name)
  if (!locks.length) tell(`nobody holds the Pulumi state of ${name}`)
  let exit = 0
  for (const lock of locks) {
    // One of this machine is known to have ended, or to run; of another machine's only a person knows.
    const mayBreak = isStale(lock) || (yes && !/it runs$/.test(holderOf(lock)))
    tell(`${holderOf(lock)}\n  ${lock.at}${mayBreak ? ': taken away' : ''}`)
    if (mayBreak) await place.remove(lock.name)
    else exit = 75
  }
  if (exit) tell('Has it ended, on that machine? Then add --yes. What runs here is ended first, by its pid.')
  return exit
}
