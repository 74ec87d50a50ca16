import type { Driver, Sandbox } from './driver.ts'
import { nspawn } from './nspawn/index.ts'
import type { Provider } from './provider.ts'

export type { Sandbox } from './driver.ts'

// The seam: a second driver (a privileged container, for laptops) is chosen here.
const driver: Driver = nspawn

/** A throw-away Debian host on this machine, reached by SSH like any other. */
export const sandbox: Provider = { find: driver.find, make: driver.make }

/** Every sandbox host of every organization on this machine, running or not. */
export const listSandboxes = (): Promise<readonly Sandbox[]> => driver.list()

/** Takes one sandbox host away, with its disk. Says whether there was one. */
export async function removeSandbox(org: string, host: string): Promise<boolean> {
  const known = (await driver.list()).some((sandbox) => sandbox.org === org && sandbox.host === host)
  await driver.remove(org, host)
  return known
}

/** Takes every sandbox host away, and says which. */
export async function removeAllSandboxes(): Promise<readonly Sandbox[]> {
  const sandboxes = await driver.list()
  for (const { org, host } of sandboxes) await driver.remove(org, host)
  return sandboxes
}
