/** A service that does not come up, and what must be said of it. */
export interface Trouble {
  readonly name: string
  /** Its block in a Compose file; its layer is `trouble`, and it is called `it`. */
  readonly service: Readonly<Record<string, unknown>>
  /** What it was before, and healthy: for what only an update can show. */
  readonly before?: Readonly<Record<string, unknown>>
  /** Run on the host first, and afterwards. */
  readonly prepare?: string
  readonly cleanUp?: string
  /** Each stands in the reason. None: nothing is wrong. */
  readonly because: readonly string[]
  /** Waiting ends early. */
  readonly hopeless: boolean
}

const image = 'groundwork/tool'
const shell = (text: string) => ({ image, command: ['sh', '-c', text] })
const quick = { endpoint_mode: 'dnsrr', restart_policy: { condition: 'any', delay: '2s' } }
const healthcheck = { test: ['CMD', 'test', '-e', '/tmp/well'], interval: '1s', retries: 2 }
const stays = 'touch /tmp/well; exec stay'

/** The kinds of service that do not come up, and three that look like it and are well. */
export const troubles: readonly Trouble[] = [
  {
    name: 'crash loop',
    service: { ...shell('echo cannot open the books >&2; exit 3'), deploy: quick },
    because: ['ended with exit 3', '3 times', 'cannot open the books'],
    hopeless: true,
  },
  {
    name: 'missing image',
    service: { image: 'localhost:1/never:made', command: ['stay'], deploy: quick },
    because: ['image is not on that host', 'never:made'],
    hopeless: true,
  },
  {
    name: 'unhealthy',
    service: {
      ...shell('echo working on it; exec stay'),
      healthcheck: { test: ['CMD-SHELL', 'echo nobody answers; exit 1'], interval: '1s', retries: 2 },
      deploy: quick,
    },
    because: ['health check failed', '3 times', 'nobody answers', 'working on it'],
    hopeless: true,
  },
  {
    name: 'unhealthy, with an exit status of its own',
    service: {
      ...shell('trap "exit 9" TERM; while :; do sleep 0.1; done'),
      healthcheck: { test: ['CMD-SHELL', 'echo nobody answers; exit 1'], interval: '1s', retries: 2 },
      deploy: quick,
    },
    because: ['health check failed', '3 times', 'nobody answers', 'printed nothing'],
    hopeless: true,
  },
  {
    name: 'a loop of good ends',
    service: { ...shell('echo bye'), deploy: quick },
    because: ['ended by itself with exit 0', '3 times', 'bye'],
    hopeless: true,
  },
  {
    name: 'one-shot that fails',
    service: {
      ...shell('echo no such table; exit 4'),
      deploy: { endpoint_mode: 'dnsrr', restart_policy: { condition: 'none' } },
    },
    because: ['ended with exit 4', 'not started again', 'no such table'],
    hopeless: true,
  },
  {
    name: 'one-shot that succeeds',
    service: {
      ...shell('echo done'),
      deploy: { endpoint_mode: 'dnsrr', restart_policy: { condition: 'none' } },
    },
    because: [],
    hopeless: false,
  },
  {
    name: 'one-shot that succeeds at its second try',
    prepare: 'rm -rf /srv/trouble; mkdir /srv/trouble',
    cleanUp: 'rm -rf /srv/trouble',
    service: {
      ...shell('[ -e /data/tried ] || { touch /data/tried; exit 1; }'),
      volumes: [{ type: 'bind', source: '/srv/trouble', target: '/data' }],
      deploy: { endpoint_mode: 'dnsrr', restart_policy: { condition: 'on-failure', delay: '1s' } },
    },
    because: [],
    hopeless: false,
  },
  {
    name: 'zero replicas',
    service: { ...shell('exec stay'), deploy: { ...quick, replicas: 0 } },
    because: [],
    hopeless: false,
  },
  {
    name: 'ended by itself',
    service: {
      ...shell('echo bye; sleep 1'),
      healthcheck: { test: ['CMD', 'true'], interval: '1s' },
      deploy: { endpoint_mode: 'dnsrr', restart_policy: { condition: 'on-failure' } },
    },
    because: ['ended by itself with exit 0', 'bye'],
    hopeless: true,
  },
  {
    name: 'paused update',
    before: {
      ...shell(stays),
      healthcheck,
      deploy: { ...quick, update_config: { failure_action: 'pause', monitor: '3s' } },
    },
    service: {
      ...shell('echo new and broken; exit 5'),
      healthcheck,
      deploy: { ...quick, update_config: { failure_action: 'pause', monitor: '3s' } },
    },
    because: ['paused the update', 'exit 5', 'new and broken'],
    hopeless: true,
  },
  {
    name: 'silent rollback',
    before: {
      ...shell(stays),
      healthcheck,
      deploy: { ...quick, update_config: { failure_action: 'rollback', monitor: '3s' } },
    },
    service: {
      ...shell('echo new and broken; exit 6'),
      healthcheck,
      deploy: { ...quick, update_config: { failure_action: 'rollback', monitor: '3s' } },
    },
    because: ['gone back to the previous one', 'exit 6', 'new and broken'],
    hopeless: true,
  },
  // A label that no host has is told before anything is connected; what a host has not is known to Swarm alone.
  {
    name: 'no host has room',
    service: {
      ...shell('exec stay'),
      deploy: { ...quick, resources: { reservations: { memory: '900G' } } },
    },
    because: ['no host takes it', 'insufficient resources'],
    hopeless: true,
  },
  {
    name: 'host port taken',
    prepare: `tool=$(docker image ls --format '{{.Repository}}:{{.Tag}}' groundwork/tool | head -n 1)
docker run --detach --name taker --publish 8099:8099 "$tool" stay`,
    cleanUp: 'docker rm --force taker',
    service: { ...shell('exec stay'), ports: [{ target: 8099, published: 8099, mode: 'host' }], deploy: quick },
    because: ['port of the host is taken', '8099'],
    hopeless: true,
  },
  {
    name: 'bind source missing',
    service: {
      ...shell('exec stay'),
      volumes: [{ type: 'bind', source: '/srv/nowhere', target: '/data' }],
      deploy: quick,
    },
    because: ['directory it mounts is not there', '/srv/nowhere'],
    hopeless: true,
  },
  {
    name: 'command not found',
    service: { image, command: ['no-such-program'], deploy: quick },
    because: ['command not found', 'no-such-program'],
    hopeless: true,
  },
  {
    name: 'command not found by the shell',
    service: { ...shell('no-such-program'), deploy: quick },
    because: ['exit 127 (command not found)', 'no-such-program: not found'],
    hopeless: true,
  },
  {
    name: 'out of memory',
    service: {
      ...shell('echo growing; x=0123456789; while :; do x=$$x$$x; done'),
      deploy: { ...quick, resources: { limits: { memory: '16M' } } },
    },
    because: ['exit 137', 'out of memory', 'growing'],
    hopeless: true,
  },
]
