import { join } from 'node:path'
import { connect, type Destination } from '../../src/engine/connect.ts'
import { converge } from '../../src/engine/converge.ts'
import type { Event } from '../../src/engine/event.ts'
import { firstContact } from '../../src/engine/facts.ts'
import type { Remote } from '../../src/engine/remote.ts'
import type { Step } from '../../src/engine/resource.ts'
import type { Run, Tally } from '../../src/engine/run.ts'
import type { Host, HostWish, Org } from '../../src/inventory/org.ts'
import { guarded } from '../../src/safety/guarded.ts'
import { type Lock, takeLock } from '../../src/safety/lock.ts'
import { type Sandbox, sandbox } from './sandbox.ts'

/** What a run of the engine came to. */
export interface Converged {
  readonly tally: Tally
  /** Each fault as one text: what, where, because, try. */
  readonly faults: readonly string[]
  readonly events: readonly Event[]
  readonly seconds: number
}

/** A bare Debian host, and the engine on it with steps of the test's own: what every run stands on, without a platform. */
export interface BareHost {
  readonly host: Host
  /** Runs shell text as root over an SSH of the test's own; throws where it fails. */
  readonly sh: (text: string) => Promise<string>
  /** A run of these steps that has its connection, and no lock yet. */
  readonly begin: (
    steps: readonly Step[],
    more?: Partial<Run>,
  ) => Promise<{ readonly run: Run; readonly events: readonly Event[]; readonly end: () => void }>
  readonly converge: (steps: readonly Step[], more?: Partial<Run>) => Promise<Converged>
  /** A connection that has become root, as whoever logs in. */
  readonly connect: () => Promise<Remote>
  /** The same host, logged in to as somebody else. */
  readonly as: (user: string) => BareHost
}

/** Makes bare hosts with these names, all at once. `down` takes them away. */
export async function bareHosts(
  organization: string,
  names: readonly string[],
): Promise<{ readonly hosts: readonly BareHost[]; readonly box: Sandbox; readonly down: () => Promise<void> }> {
  const role = (index: number) => (index ? 'worker' : 'manager')
  const box = sandbox(
    organization,
    `organization: ${organization}
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: [generated] }]
hosts:
${names.map((name, index) => `  - { name: ${name}, provider: sandbox, role: ${role(index)}, labels: ${index ? '{}' : '{ role: storage }'} }`).join('\n')}
`,
  )
  await box.upTo('ready')
  return { hosts: await Promise.all(names.map((name) => bareHost(box, organization, name))), box, down: box.down }
}

/** A host that is there already, by its name in the sandbox. */
export async function bareHost(box: Sandbox, organization: string, name: string): Promise<BareHost> {
  const address = await box.address(name)
  const wish = { name, provider: 'sandbox', role: 'manager', labels: {}, firstUser: 'root', user: 'root', port: 22 }
  const identities = [join(box.state, 'groundwork', organization, 'id_ed25519')]
  const destination = { name, address, port: 22, identities, agent: undefined, verify: () => undefined }
  const remote = await connect({ ...destination, user: 'root' })
  const { facts } = await firstContact(wish as unknown as HostWish, remote, true)
  remote.close()
  return asUser(box, organization, { ...destination, user: 'root' }, { ...wish, ...facts } as unknown as Host)
}

async function locked(remote: Remote): Promise<Lock> {
  const lock = await takeLock(remote, {
    run: 'test',
    purpose: 'test',
    signal: new AbortController().signal,
    waits: () => undefined,
  })
  if ('release' in lock) return lock
  throw new Error(`the lock is held: ${JSON.stringify(lock)}`)
}

function asUser(box: Sandbox, organization: string, destination: Destination, host: Host): BareHost {
  const connected = async () => {
    const remote = await connect(destination)
    await firstContact(host, remote, true)
    return remote
  }
  return {
    host,
    sh: (text) => box.sh(host.name, text),
    connect: connected,
    as: (user) => asUser(box, organization, { ...destination, user }, { ...host, user }),
    begin: async (steps, more = {}) => {
      const remote = await connected()
      const events: Event[] = []
      const run: Run = {
        id: 'test',
        org: { name: organization, hosts: [host] } as unknown as Org,
        steps,
        hosts: [host],
        remotes: () => remote,
        report: (event) => events.push(event),
        signal: new AbortController().signal,
        plan: false,
        only: undefined,
        guarded,
        confirm: async () => undefined,
        lock: async () => locked(remote),
        reconnect: connected,
        ...more,
      }
      return { run, events, end: () => remote.close() }
    },
    async converge(steps, more) {
      const started = performance.now()
      const { run, events, end } = await this.begin(steps, more)
      try {
        const tally = await converge(run)
        const faults = events.flatMap((event) =>
          event.event === 'fault' ? [`${event.what}\n${event.at}\n${event.because}\n${event.try}`] : [],
        )
        return { tally, faults, events, seconds: (performance.now() - started) / 1000 }
      } finally {
        end()
      }
    },
  }
}
