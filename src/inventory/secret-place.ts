/** Where a secret of the operator is; of several places the first that has one, in this order. */
export interface SecretPlace {
  readonly env: string | undefined
  /** Path of a file on this machine. */
  readonly file: string | undefined
  /** Run by sh on this machine. */
  readonly command: string | undefined
}
