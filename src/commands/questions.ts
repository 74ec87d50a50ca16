import { Fault } from '../engine/fault.ts'
import { Secret } from '../engine/secret.ts'
import type { HostWish } from '../inventory/org.ts'
import type { Screen } from '../report/screen.ts'
import type { Asking } from './meet.ts'

/** Whether a person sits at both ends of a terminal. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true

/** How a person is asked on this terminal; nothing where nobody sits. */
export function asking(hold: Screen['hold']): Asking {
  if (!canAsk()) return {}
  return {
    password: (host: HostWish) =>
      hold(async () => {
        const { password } = await import('@clack/prompts')
        return new Secret(answered(await password({ message: `sudo password of ${host.user} on ${host.name}` })))
      }),
    confirmKey: (host: HostWish, fingerprint: string) =>
      hold(async () => {
        const { text } = await import('@clack/prompts')
        const message = `${host.name} shows the key ${fingerprint}. Compare it with ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub on its console, and type its last 8 characters from there`
        return fingerprint.endsWith(
          answered(await text({ message, validate: (value) => (value?.length === 8 ? undefined : '8 characters') })),
        )
      }),
  }
}

/** What is said where nobody can be asked, and where the answer is no. */
interface Refusals {
  readonly unasked: string
  readonly may: string
  readonly no: string
}

const lostForEver: Refusals = {
  unasked: 'This would be lost for ever, and nobody can be asked here.',
  may: 'if it may go, add --yes',
  no: 'keep it in the inventory, or say yes',
}

/** Asks before something is lost for ever. @throws Fault where nobody can be asked and --yes was not given, or the answer is no */
export const confirmation =
  (yes: boolean, hold: Screen['hold'], refusals = lostForEver) =>
  async (what: string): Promise<void> => {
    if (yes) return
    if (!canAsk()) throw new Fault(refusals.unasked, { at: what, try: refusals.may })
    const go = await hold(async () => {
      const { confirm } = await import('@clack/prompts')
      return confirm({ message: `${what}. Go on?`, initialValue: false })
    })
    if (go !== true) throw new Fault('You said no; it was left as it is.', { at: what, try: refusals.no })
  }

/** What was answered. @throws Fault (exit 130) where Ctrl-C was */
export function answered(value: string | symbol): string {
  if (typeof value === 'string') return value
  throw new Fault('The question was not answered; nothing was changed.', { exit: 130 })
}
