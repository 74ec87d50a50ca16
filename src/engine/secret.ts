/** A value that runs but is never shown: it has no printable form, in templates, JSON, logs and inspectors alike. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself, for the place that needs it: a script's stdin, a request's body. Nowhere else. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '‹secret›'
  }

  toJSON(): string {
    return '‹secret›'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '‹secret›'
  }
}

/** Marks a value as one that must not be seen. */
export const secret = (value: string): Secret => new Secret(value)
