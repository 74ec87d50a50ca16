import { askTexts } from '../engine/ask-texts.ts'
import { Fault } from '../engine/fault.ts'
import type { Remote } from '../engine/remote.ts'
import { readLockFile } from '../inventory/lock-file.ts'
import { readInventory } from '../inventory/read.ts'
import { faultEvent, faultLines } from '../report/fault.ts'
import { printable } from '../report/printable.ts'
import { padded } from '../report/width.ts'
import { whoWeAre } from '../safety/lock.ts'
import { holderWords } from '../safety/lock-faults.ts'
import { breakScript, doingScript, type Holder, holderOf, showScript } from '../safety/lock-script.ts'
import { isMet, meetAll } from './meet.ts'
import { COMMAND } from './options.ts'
import { asking, confirmation } from './questions.ts'

export interface LockOptions {
  readonly inventory: string
  readonly host: readonly string[]
  readonly yes: boolean
}

/** `lock show` and `lock break`. @returns the exit status: 1 where a host could not be asked */
export async function lock(action: string, options: LockOptions): Promise<number> {
  if (action !== 'show' && action !== 'break')
    throw new Fault(`lock knows no ${action}.`, {
      because: 'it knows show and break',
      try: `${COMMAND} lock show --inventory ${options.inventory}`,
      exit: 64,
    })
  const org = readInventory(options.inventory)
  const names = org.hosts.map(({ name }) => name)
  for (const name of options.host)
    if (!names.includes(name))
      throw new Fault(`There is no host ${name} in ${options.inventory}.`, {
        because: `the hosts are ${names.join(', ')}`,
        exit: 64,
      })
  const hosts = org.hosts.filter(({ name }) => !options.host.length || options.host.includes(name))
  const met = await meetAll(
    { ...org, hosts },
    readLockFile(org),
    true,
    asking((ask) => ask()),
    () => undefined,
  )
  const longest = Math.max(...hosts.map(({ name }) => name.length))
  let exit = 0
  try {
    for (const one of met) {
      const tell = (text: string) => console.log(printable(`${padded(one.wish.name, longest)}   ${text}`))
      if (!isMet(one)) {
        if (!one.fault) tell('does not exist yet')
        else {
          console.log(faultLines(faultEvent(one.fault), { goesOn: false }).join('\n'))
          exit = 1
        }
        continue
      }
      const holder = await holding(one.remote)
      tell(await words(one.remote, holder))
      if (action === 'break' && holder) tell(await breakIt(one.remote, holder, options))
    }
  } finally {
    for (const one of met) if (isMet(one)) one.remote.close()
  }
  return exit
}

async function holding(remote: Remote): Promise<Holder | undefined> {
  const [answer] = await askTexts(remote, [showScript])
  if (answer?.kind === 'unknown') throw notAsked(remote, answer.because)
  return answer?.kind === 'text' ? holderOf(answer.text) : undefined
}

async function words(remote: Remote, holder: Holder | undefined): Promise<string> {
  if (holder) return holderWords(holder)
  const [answer] = await askTexts(remote, [doingScript])
  return answer?.kind === 'text' ? `free; the last fix of an earlier run still runs: ${answer.text}` : 'free'
}

async function breakIt(remote: Remote, holder: Holder, options: LockOptions): Promise<string> {
  await confirmation(
    options.yes,
    (ask) => ask(),
    held,
  )(`${remote.name}: the lock of ${holder.who} is broken; their run stops before its next fix`)
  const [answer] = await askTexts(remote, [breakScript(holder.run, whoWeAre())])
  if (answer?.kind === 'unknown') throw notAsked(remote, answer.because)
  if (answer?.kind === 'none') return 'changed hands meanwhile; nothing was broken'
  const [doing] = await askTexts(remote, [doingScript])
  return doing?.kind === 'text' ? `broken; their last fix still runs: ${doing.text}` : 'broken'
}

const held = {
  unasked: 'Somebody holds this lock, and nobody can be asked here whether it may be broken.',
  may: 'ask them; if it may be broken, add --yes',
  no: 'their run goes on',
}

const notAsked = (remote: Remote, because: string): Fault =>
  new Fault(`The lock of ${remote.name} cannot be looked at.`, { at: remote.name, because })
