import * as z from 'zod'

/** Text of a form; the rule says in words what is allowed. */
export function text(form: RegExp, rule: string) {
  return z.string().regex(form, rule)
}

/** Small letters, digits and dashes, as in host names. */
export function name(rule: string, longest: number) {
  return text(new RegExp(`^[a-z0-9]([a-z0-9-]{0,${longest - 2}}[a-z0-9])?$`), rule)
}

/** An account's name, by useradd's rule on Debian. */
export function userName() {
  return text(/^[a-z_][a-z0-9_-]{0,31}$/, 'an account: small letters, digits, - and _, at most 32, a letter first')
}

/** A base: a file beside the inventory, and nowhere else. */
export const BASE = /^\.\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.yaml$/

/** A port of TCP or UDP. */
export function port() {
  return z.number().int('a whole number').min(1, '1 to 65535').max(65535, '1 to 65535')
}

/** A version of a package, as apt's pinning takes it. */
export function pattern() {
  return text(/^[0-9][A-Za-z0-9.+~:-]*\*?$/, 'a version, or its beginning and a star, as "26.1*"').meta({
    examples: ['26.1*'],
  })
}

/** A private file on the operator's machine. */
export function path() {
  return text(/^(~\/|\/)(?!.*\.pub$).+/, 'a path that begins with / or ~/, of a file that does not end in .pub')
}

/** Where a secret of the operator is: never the secret itself. */
export function secretPlace() {
  return z.strictObject({
    env: text(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable')
      .optional()
      .describe('Environment variable that holds it.'),
    file: path().optional().describe('File on this machine that holds it.'),
    command: text(/\S/, 'a command that prints it')
      .optional()
      .describe('Command that prints it, run by sh on this machine.'),
  })
}

/** Text that a function judges: it gives what is wrong, complete. */
export function judged(fault: (value: string) => string | undefined) {
  return z.string().superRefine((value, context) => {
    const message = fault(value)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })
}
