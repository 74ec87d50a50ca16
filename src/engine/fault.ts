/** The four parts of an error that is told to a person: what happened (the message), where, because of what, what to type next. */
export interface FaultParts {
  /** `host › step › resource`, or `file:line:column`. */
  readonly at?: string
  readonly because?: string
  readonly try?: string
  /** Exit status of the whole run, `sysexits.h` where it has one: 1 failed, 64 wrong usage or inventory, 75 locked, 130 interrupted. */
  readonly exit?: 1 | 64 | 75 | 130
  /** For code that goes another way when this happens. */
  readonly kind?: 'login refused' | 'not reachable' | 'busy' | 'other key'
}

/** An error that is told to a person without a stack. Anything else that is thrown is a bug of ours and prints one. */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly at: string | undefined
  readonly because: string | undefined
  readonly try: string | undefined
  readonly exit: 1 | 64 | 75 | 130
  readonly kind: FaultParts['kind']

  constructor(what: string, parts: FaultParts = {}) {
    super(what)
    this.at = parts.at
    this.because = parts.because
    this.try = parts.try
    this.exit = parts.exit ?? 1
    this.kind = parts.kind
  }

  /** The same, told where it happened, unless it says so itself. */
  placed(at: string): Fault {
    if (this.at) return this
    const { because, try: remedy, exit, kind } = this
    return new Fault(this.message, {
      at,
      ...(because && { because }),
      ...(remedy && { try: remedy }),
      exit,
      ...(kind && { kind }),
    })
  }
}
