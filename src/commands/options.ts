/** What a run was asked to do, from the command line. */
export interface RunOptions {
  readonly inventory: string
  readonly plan: boolean
  readonly only: string | undefined
  readonly host: readonly string[]
  /** Hosts whose droplet may be made anew, with the loss of its disk. */
  readonly allowReplace: readonly string[]
  readonly json: boolean
  readonly yes: boolean
  readonly wait: boolean
  readonly verbose: boolean
}

/** How groundwork is called, for the commands that it tells people to type. */
export const COMMAND = 'npx tsx bootstrap.ts'
