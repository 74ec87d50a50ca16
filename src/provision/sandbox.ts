import type { Driver, Sandbox } from './driver.ts'
import type { Provider } from './provider.ts'

export type { Sandbox } from './driver.ts'

// The seam: a second driver (a privileged container, for laptops) is chosen here. It is loaded where there is a sandbox.
const driver = async (): Promise<Driver> => (await import('./nspawn/index.ts')).nspawn

/** A throw-away Debian host on this machine, reached by SSH like any other. */
export const sandbox: Provider = {
  find: async (...of) => (await driver()).find(...of),
  make: async (...of) => (await driver()).make(...of),
}

/** Every sandbox host of every organization on this machine, running or not. */
export const listSandboxes = async (): Promise<readonly Sandbox[]> => (await driver()).list()

/** Takes one sandbox host away, with its disk. Says whether there was one. */
export async function removeSandbox(org: string, host: string): Promise<boolean> {
  const { list, remove } = await driver()
  const known = (await list()).some((sandbox) => sandbox.org === org && sandbox.host === host)
  await remove(org, host)
  return known
}

/** Takes every sandbox host away, and says which. */
export async function removeAllSandboxes(): Promise<readonly Sandbox[]> {
  const { list, remove } = await driver()
  const sandboxes = await list()
  for (const { org, host } of sandboxes) await remove(org, host)
  return sandboxes
}
