/** Where Pulumi keeps an organization's state, as files with names like `.pulumi/stacks/groundwork/acme.json`. */
export interface StatePlace {
  /** undefined: there is none of this name. */
  readonly read: (name: string) => Promise<string | undefined>
  /** Names of the files that begin with a folder's; none where there is no such folder. */
  readonly list: (folder: string) => Promise<readonly string[]>
  /** One that is gone already is fine. */
  readonly remove: (name: string) => Promise<void>
  /** @throws Fault where nothing can be written there */
  readonly mustTakeWrites: () => Promise<void>
  /** How a person finds a file. */
  readonly address: (name: string) => string
}
