import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A node: what its host is called, its whole name in the tailnet, and its id. */
export interface Node {
  readonly hostname: string
  readonly name: string
  readonly id: string
}

/** A control server with a relay, and a tailnet that lives as long as it runs. */
export interface Control {
  readonly url: string
  /** New nodes need this auth key from then on. */
  readonly needs: (key: string) => Promise<void>
  /** The keys of all nodes end then; undefined: never. */
  readonly keysEnd: (at: Date | undefined) => Promise<void>
  /** The tailnet has MagicDNS, as it has at first, or no longer. */
  readonly magicDns: (is: boolean) => Promise<void>
  /** Hostnames of the nodes. */
  readonly nodes: () => Promise<readonly string[]>
  readonly machines: () => Promise<readonly Node[]>
  readonly remove: (id: string) => Promise<void>
  readonly rename: (id: string, name: string) => Promise<void>
  readonly stop: () => void
}

/** Listens on this address of this machine, on two ports that no other test file of this run has. To be stopped, always. */
export async function control(folder: string, address: string): Promise<Control> {
  const port = 20000 + (process.pid % 10000) * 2
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
  const machines = async () =>
    (await ask('nodes', 'GET'))
      .split('\n')
      .filter(Boolean)
      .map((line): Node => {
        const [hostname = '', name = '', id = ''] = line.split(' ')
        return { hostname, name, id }
      })
  return {
    url,
    needs: async (key) => void (await ask(`key?want=${key}`)),
    keysEnd: async (at) => void (await ask(`expiry?at=${at ? `${at.toISOString().slice(0, 19)}Z` : ''}`)),
    magicDns: async (is) => void (await ask(`magic?is=${is ? 'on' : 'off'}`)),
    nodes: async () => (await machines()).map(({ hostname }) => hostname).sort(),
    machines,
    remove: async (id) => void (await ask(`remove?id=${id}`)),
    rename: async (id, name) => void (await ask(`rename?id=${id}&name=${name}`)),
    stop: () => void server.kill(),
  }
}
