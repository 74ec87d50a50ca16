import type { Event } from '../../src/engine/event.ts'
import type { EventOf } from '../../src/report/reader.ts'

export const run = (more: Partial<EventOf<'run'>> = {}): Event => ({
  event: 'run',
  version: 1,
  org: 'sandbox',
  platform: 'demo',
  inventory: 'inventories/sandbox.yaml',
  hosts: 1,
  plan: false,
  run: 'a1b2',
  ...more,
})

export const madeHost: Event = {
  event: 'host',
  host: 'sandbox-1',
  text: 'Debian 13 made on this machine',
  details: '10.77.0.11 · 2 cores · 23 GiB · root · host key SHA256:4pX…Qk (pinned)',
  seconds: 31,
  remark: 'kept: next time 1 s',
}

const titles: Readonly<Record<string, string>> = {
  ready: 'The host is reachable and ready',
  base: 'The base system is as the inventory says',
  users: 'The operators can log in',
  docker: 'Docker is installed and running',
  swarm: 'The first manager has started the swarm',
  apps: 'The applications are healthy',
  checks: 'The platform answers from outside',
}

export const step = (id: string, state: EventOf<'step'>['state'], changed = 0, seconds = 0): Event => ({
  event: 'step',
  step: id,
  title: Object.hasOwn(titles, id) ? (titles[id] ?? id) : id,
  state,
  changed,
  seconds,
})

export const steps = (...ids: readonly string[]): readonly Event[] => ids.map((id) => step(id, 'waiting'))

export const change = (
  state: EventOf<'change'>['state'],
  [host = '', stepId = '', resource = '']: readonly string[],
  changes: Readonly<Record<string, readonly [string | null, string]>>,
  more: Partial<EventOf<'change'>> = {},
): Event => ({
  event: 'change',
  state,
  host,
  step: stepId,
  resource,
  changes: Object.entries(changes).map(([key, [from, to]]) => ({ key, from, to })),
  ...more,
})

const daemon = ['sandbox-1', 'docker', 'file /etc/docker/daemon.json']
const hash = (digit: string): string => digit.repeat(64)

export const daemonDrift = (state: EventOf<'change'>['state'], host = 'sandbox-1'): Event =>
  change(
    state,
    [host, ...daemon.slice(1)],
    { content: [hash('a'), hash('b')] },
    {
      diff: '@@ -2,1 +2,1 @@\n-  "log-opts": { "max-size": "100m" }\n+  "log-opts": { "max-size": "10m" }\n',
      interrupts: `Docker restarts: 8 containers on ${host} stop for some seconds`,
    },
  )

export const redisDrift = change('planned', ['sandbox-1', 'data', 'service data_redis'], {
  replicas: ['0', '1'],
  'memory limit': [null, '256 MiB'],
})

export const secretDrift = change(
  'planned',
  ['sandbox-1', 'data', 'secret postgres-password'],
  { secret: [null, '‹secret›'] },
  { interrupts: 'data_postgres and apps_api restart' },
)

export const unhealthy: Event = {
  event: 'fault',
  at: 'sandbox-1 › apps › service apps_api',
  what: 'did not become healthy in 90 s',
  because:
    'task 3 of 3 ended with exit 1 four times; its last lines:\n  Error: connect ECONNREFUSED 10.0.2.7:5432\u001b[2J',
  try: 'npx tsx bootstrap.ts logs apps_api       (or: docker service logs apps_api)\nis data_postgres healthy?  docker service ps data_postgres',
  notTried: ['checks'],
}

export const webPage: Event = {
  event: 'check',
  name: 'web page',
  at: 'http://10.77.0.11/',
  answer: '200 · redis up · postgres up · rabbitmq up',
  healthy: true,
}

export const summary = (more: Partial<EventOf<'summary'>> = {}): Event => ({
  event: 'summary',
  hosts: 1,
  resources: 63,
  inSync: 63,
  changed: 0,
  failed: 0,
  unknown: 0,
  connections: 1,
  sessions: 2,
  downloadedBytes: 0,
  downloadSeconds: 0,
  seconds: 0.6,
  exit: 0,
  ...more,
})
