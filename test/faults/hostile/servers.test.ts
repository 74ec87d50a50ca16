import pLimit from 'p-limit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answer, endWith, type Hostile, ordinary, type SshBehaviour, sshServer } from '../../lab/hostile-server.ts'
import { part } from '../chance.ts'
import { handshakes } from './handshakes.ts'
import { sessions } from './sessions.ts'
import { type KeyPair, trials } from './trial.ts'

const { keyPair, plan, judge, end } = trials('hostile servers')
const operator = keyPair()
const host = keyPair()
const keys = { operator, host, hostRsa: keyPair('rsa'), stranger: keyPair() }

const ordinarily: SshBehaviour['run'] = (channel, script) => {
  answer(channel, script, (probe) => ({ text: ordinary(probe) ?? '' }))
  endWith(channel, 0)
}
const ssh = (behaviour: Omit<SshBehaviour, 'hostKeys'> = {}, shown: readonly KeyPair[] = [host]) =>
  sshServer({ hostKeys: shown.map((pair) => pair.private), run: ordinarily, ...behaviour })

let real: Hostile
const cases = [...handshakes({ ...keys, ssh, realPort: () => real.port }), ...sessions(ssh)]

const steering = cases.filter(({ behaviour }) => behaviour.includes('escape codes') || behaviour.includes('1 GB'))

describe.concurrent('a plan of a host whose server', () => {
  // Waiting costs nothing, so several at once; few enough that the seconds stay true on two cores.
  const atOnce = pLimit(4)
  beforeAll(async () => {
    real = await ssh()
  })
  afterAll(async () => {
    await real.close()
    end()
  })

  test.for(cases.filter(({ quick }) => part(quick, true)))('$behaviour', { timeout: 300_000 }, (one) =>
    atOnce(async () => {
      const server = await one.serve()
      const hostKey = one.hostKey === undefined ? host.fingerprint : one.hostKey
      const words = `address: 127.0.0.1, port: ${server.port}, identity: ${operator.path}`
      const came = await plan(hostKey === null ? words : `${words}, hostKey: "${hostKey}"`, operator.public)
      await server.close()
      expect(judge(one.behaviour, came, one)).toEqual([])
      if (one.noLogin) expect(server.logins?.()).toBe(0)
    }),
  )

  // What the host says stands in what is printed for a program, too: each line is one event, whatever it said.
  test.for(steering.filter(({ quick }) => part(quick, true)))('$behaviour, told in JSON', (one) =>
    atOnce(async () => {
      const server = await one.serve()
      const words = `address: 127.0.0.1, port: ${server.port}, identity: ${operator.path}, hostKey: "${host.fingerprint}"`
      const { out, err, exit } = await plan(words, operator.public, '--json')
      await server.close()
      expect({ err, exit }).toEqual({ err: '', exit: one.exit })
      const events = out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { readonly event: string })
      expect(events.at(-1)).toMatchObject({ event: 'summary', exit: one.exit })
      expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\ud800-\udfff]/)
    }),
  )
})
