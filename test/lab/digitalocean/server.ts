import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Account } from './account.ts'
import { actionRoutes } from './actions.ts'
import type { Body, Reply, Route } from './call.ts'
import { catalogueRoutes } from './catalogue.ts'
import { databaseRoutes } from './databases.ts'
import { domainRoutes } from './domains.ts'
import { dropletRoutes } from './droplets.ts'
import { firewallRoutes } from './firewalls.ts'
import { limits } from './limits.ts'
import type { Machines } from './machines.ts'
import { projectRoutes } from './projects.ts'
import { forbidden, notFound, Refused } from './refused.ts'
import { reservedIpRoutes } from './reserved-ips.ts'
import { spacesKeyRoutes } from './spaces-keys.ts'
import { sshKeyRoutes } from './ssh-keys.ts'
import { tagRoutes } from './tags.ts'
import { REQUEST_ID, type Trouble, withTrouble } from './trouble.ts'
import { volumeRoutes } from './volumes.ts'
import { vpcRoutes } from './vpcs.ts'

/** A stand-in of DigitalOcean's API on this machine: github.com/digitalocean/openapi says how it behaves. */
export interface StandIn {
  readonly url: string
  readonly token: string
  /** What it has handed out that must never be seen: passwords and secret keys. */
  readonly secrets: readonly string[]
  readonly account: Account
  /** Every call, in order: `GET /v2/droplets`, without the query; `POST /v2/tags {}` where its body is empty. */
  readonly calls: string[]
  /** Asked before each call. */
  trouble: (call: string, nth: number) => Trouble | undefined
  /** What the token may do; undefined: everything. */
  scopes: readonly string[] | undefined
  /** After so many calls the token is not known any more. */
  expiresAfter: number
  readonly close: () => void
}

const routes: readonly Route[] = [
  ...actionRoutes,
  ...catalogueRoutes,
  ...databaseRoutes,
  ...domainRoutes,
  ...dropletRoutes,
  ...firewallRoutes,
  ...spacesKeyRoutes,
  ...sshKeyRoutes,
  ...tagRoutes,
  ...volumeRoutes,
  ...vpcRoutes,
  ...projectRoutes,
  ...reservedIpRoutes,
]

/** Starts one with an empty account; with machines its droplets are real hosts. */
export async function startDigitalOcean(machines?: Machines): Promise<StandIn> {
  const account: Account = {
    droplets: new Map(),
    actions: new Map(),
    firewalls: new Map(),
    sshKeys: new Map(),
    domains: new Map(),
    clusters: new Map(),
    volumes: new Map(),
    vpcs: new Map(),
    projects: new Map(),
    reservedIps: new Map(),
    spacesKeys: new Map(),
    tags: new Set(),
    soldOut: new Set(),
    secrets: [],
    lag: { listSeconds: 0, getSeconds: 0 },
    actionSeconds: 0.2,
    machines,
    actionEnds: new Map(),
    last: 1000,
    next: () => ++account.last,
  }
  const counted = limits()
  const server = createServer((request, response) => void answer(standIn, counted, request, response))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const standIn: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: `dop_v1_${'5ec7e7'.repeat(10)}abcd`,
    secrets: account.secrets,
    account,
    calls: [],
    trouble: () => undefined,
    scopes: undefined,
    expiresAfter: Number.POSITIVE_INFINITY,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
  return standIn
}

async function answer(
  standIn: StandIn,
  counted: ReturnType<typeof limits>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', standIn.url)
  let text = ''
  for await (const chunk of request) text += chunk
  const call = `${request.method} ${pathname}${text === '{}' ? ' {}' : ''}`
  standIn.calls.push(call)
  await withTrouble(standIn.trouble(call, standIn.calls.length), response, () => {
    const count = () => counted(call, response)
    const { status, body } = replied(standIn, count, request, pathname, searchParams, text)
    return { status, text: body === undefined ? '' : JSON.stringify(body) }
  })
}

function replied(
  standIn: StandIn,
  count: () => void,
  request: IncomingMessage,
  path: string,
  query: URLSearchParams,
  text: string,
): Reply {
  try {
    count()
    const isOver = standIn.calls.length > standIn.expiresAfter
    if (isOver || request.headers.authorization !== `Bearer ${standIn.token}`)
      throw new Refused(401, 'unauthorized', 'Unable to authenticate you')
    for (const { method, path: form, scope, answer } of routes) {
      const params = request.method === method ? paramsOf(form, path) : undefined
      if (!params) continue
      const may = (one: string) => standIn.scopes === undefined || standIn.scopes.includes(one)
      if (!may(scope)) throw forbidden()
      const body = (text ? JSON.parse(text) : {}) as Body
      return answer({ account: standIn.account, params, query, body, url: standIn.url, may })
    }
    throw notFound()
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { status: error.status, body: { id: error.id, message: error.message, request_id: REQUEST_ID } }
  }
}

function paramsOf(form: string, path: string): Record<string, string> | undefined {
  const wanted = form.split('/')
  const parts = path.split('/')
  if (wanted.length !== parts.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith(':')) params[part.slice(1)] = parts[index] ?? ''
    else if (part !== parts[index]) return undefined
  }
  return params
}
