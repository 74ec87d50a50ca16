import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A control server with a relay, and a tailnet that lives as long as it runs. */
export interface Control {
  readonly url: string
  /** New nodes need this auth key from then on. */
  readonly needs: (key: string) => Promise<void>
  /** The keys of all nodes end then; undefined: never. */
  readonly keysEnd: (at: Date | undefined) => Promise<void>
  /** Hostnames of the nodes. */
  readonly nodes: () => Promise<readonly string[]>
  readonly stop: () => void
}

/** Listens on this address of this machine, on two ports. To be stopped, always. */
export async function control(folder: string, address: string, port: number): Promise<Control> {
  const server = spawn(join(folder, 'control'), [`${address}:${port}`], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = `http://${address}:${port}`
  const ended = once(server, 'exit').then(([exit]) => {
    throw new Error(`The control server ended (exit ${exit}).`)
  })
  ended.catch(() => undefined)
  await Promise.race([once(server.stdout, 'data'), ended])
  const ask = async (path: string, method = 'POST') => {
    const answer = await fetch(`${url}/lab/${path}`, { method })
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
    return answer.text()
  }
  return {
    url,
    needs: async (key) => void (await ask(`key?want=${key}`)),
    keysEnd: async (at) => void (await ask(`expiry?at=${at ? `${at.toISOString().slice(0, 19)}Z` : ''}`)),
    nodes: async () => (await ask('nodes', 'GET')).trim().split('\n').sort(),
    stop: () => void server.kill(),
  }
}
