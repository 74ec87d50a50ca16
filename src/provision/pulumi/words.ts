import { Fault } from '../../engine/fault.ts'
import { PULUMI } from './installed.ts'

const AT = 'operator › cloud › Pulumi'

/** What Pulumi or the provider behind it says is wrong. */
export const refusedBy = (errors: readonly string[]): Fault =>
  new Fault('Pulumi did not make it so.', {
    at: AT,
    because: [...new Set(errors)].join('\n').slice(0, 4000),
    try: 'correct it in the inventory; or look at https://cloud.digitalocean.com; the same command goes on where this stopped',
  })

/** The state was encrypted with another one. */
export const passphraseWrong = (): Fault =>
  new Fault("The passphrase is not that of the organization's Pulumi state. Nothing was changed.", {
    at: 'digitalocean.pulumi.passphrase',
    because: 'Pulumi cannot read with it what it has encrypted',
    try: 'who made the state knows it. Is it lost for good: move the state away; the same command adopts by tag what is there, into a new one',
    exit: 64,
  })

/** The program is older than the libraries that start it. */
export const tooOld = (version: string): Fault =>
  new Fault(`pulumi ${version} is too old. Nothing was changed by it.`, {
    at: 'digitalocean.way',
    because: `groundwork was made for ${PULUMI}`,
    try: 'npx tsx bootstrap.ts pulumi install, which puts that one into its own cache, and is taken before the PATH',
    exit: 64,
  })

/** @throws Fault where Pulumi's libraries were left out when groundwork was installed */
export function packagesMissing(error: unknown): never {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
  throw new Fault('The packages of Pulumi are not installed with groundwork. Nothing was changed.', {
    at: 'digitalocean.way',
    because: 'they are optional, and the inventory says pulumi',
    try: 'npm ci --include=optional; or, without Pulumi: way: api',
    exit: 64,
  })
}
