import { Fault } from '../../engine/fault.ts'

/** Nobody knows whether a call was carried out: its answer was lost. Whoever made it looks. */
export class Unclear extends Error {
  override readonly name = 'Unclear'

  constructor(
    readonly what: string,
    readonly because: string,
    /** The API itself said that something is wrong there (5xx). */
    readonly answered: boolean,
  ) {
    super(`${what}: ${because}`)
  }
}

/** The API does not take a call: in words, with the field that it names. */
export function refused(what: string, status: number, text: string): Fault {
  const said = saidIn(text)
  const parts = { at: what, because: `status ${status}: ${said}` }
  if (status === 401)
    return new Fault('DigitalOcean does not know the token.', {
      ...parts,
      try: 'it was revoked, has expired or is incomplete; make another: https://cloud.digitalocean.com/account/api/tokens',
    })
  if (status === 403)
    return new Fault('The token may not do this.', {
      ...parts,
      try: 'it lacks a scope; give it read, create, update and delete of droplet, firewall, ssh_key, tag, domain and database, and read of sizes and regions; it needs those only of what the inventory names',
    })
  if (status === 422)
    return new Fault('DigitalOcean does not take what was asked for.', {
      ...parts,
      try: 'correct it in the inventory; the same command goes on where this stopped',
    })
  return new Fault('DigitalOcean refused a call.', {
    ...parts,
    try: 'look at https://cloud.digitalocean.com; the same command goes on where this stopped',
  })
}

/** An answer that cannot be what the API's description says. */
export const oddAnswer = (what: string, because: string): Fault =>
  new Fault('DigitalOcean answered something that cannot be read.', {
    at: what,
    because,
    try: 'is DIGITALOCEAN_API_URL right, and is there a proxy between? the same command tries again',
  })

/** The API said again and again that it cannot now. */
export const gaveUp = (what: string, because: string, tries: number): Fault =>
  new Fault('DigitalOcean cannot answer now.', {
    at: what,
    because: `${because}, ${tries} times`,
    try: 'https://status.digitalocean.com says whether they know; the same command goes on where this stopped',
  })

/** The token would be read by anybody on the way. */
export const inClear = (base: string, variable = 'DIGITALOCEAN_API_URL'): Fault =>
  new Fault('The token is not sent in clear.', {
    at: variable,
    because: `${base} is no https`,
    try: `unset ${variable}, or let it begin with https://`,
    exit: 64,
  })

/** A call whose answer was lost, in words: what it came to is looked at by the next run. */
export const unclear = ({ what, because }: Unclear): Fault =>
  new Fault('Nobody knows whether DigitalOcean has done it.', {
    at: what,
    because: `${because}, and nothing of it is to be seen yet`,
    try: 'give the same command again in a minute: it looks first, and takes what is there',
  })

/** Does what is sent once, and tells a lost answer in words. */
export async function told<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw error instanceof Unclear ? unclear(error) : error
  }
}

/** Nothing answers there. */
export const notReached = (what: string, base: string, because: string, tries: number): Fault =>
  new Fault('DigitalOcean is not reached.', {
    at: what,
    because: `${base}: ${because}, ${tries} times`,
    try: "is this machine's network well? the same command tries again",
  })

// {"id": "unprocessable_entity", "message": "…"}; of anything else only the beginning.
function saidIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown }
    if (typeof message === 'string') return message.slice(0, 500)
  } catch {
    // Said as it came.
  }
  return text.slice(0, 200) || 'nothing'
}
