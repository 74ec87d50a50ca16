import { describe, expect, test } from 'vitest'
import { differences, digestText, readDigest } from '../lab/digest.ts'
import type { Sandbox } from '../lab/sandbox.ts'

interface Summary {
  readonly changed: number
  readonly failed: number
  readonly unknown: number
  readonly connections: number
  readonly sessions: number
}

const summaryOf = (out: string): Summary => JSON.parse(out.trim().split('\n').at(-1) ?? '{}')

/** From nothing to a page that answers; and the second run changes nothing, by its own words and by the host's digest. */
export function bareHostBecomesThePlatform(host: Sandbox): void {
  const digest = async () => readDigest(await host.sh('one', digestText))

  describe('a bare host', () => {
    test('is told what would be made, and nothing is', async () => {
      const plan = await host.run('--plan')
      expect(plan.out).toContain('would be made')
      expect(plan.exit).toBe(2)
    })

    test('becomes a running platform whose page answers', async () => {
      const run = await host.run()
      expect(run.exit, run.out + run.err).toBe(0)
      const page = await fetch(`http://${await host.address('one')}/`)
      expect(page.status).toBe(200)
      const text = await page.text()
      for (const service of ['redis', 'postgres', 'rabbitmq']) expect(text).toContain(`${service} up`)
    })

    test('and the second run changes nothing, on the host too', async () => {
      const before = await digest()
      const run = await host.run('--json')
      const after = await digest()
      expect(run.exit, run.out).toBe(0)
      expect(summaryOf(run.out)).toMatchObject({ changed: 0, failed: 0, unknown: 0, connections: 1 })
      expect(summaryOf(run.out).sessions).toBeLessThanOrEqual(3)
      expect(differences(before.shape, after.shape)).toEqual([])
      expect(differences(before.identity, after.identity)).toEqual([])
    })
  })

  // A digest that finds nothing proves nothing: each of these is planted, and must be seen.
  test.each([
    ['a touched file', 'touch /etc/motd', 'identity'],
    ['a file of nobody', 'echo x > /etc/planted', 'shape'],
    ['a restarted unit', 'systemctl restart cron 2>/dev/null || systemctl restart systemd-journald', 'identity'],
    ['a container made anew', 'docker kill $(docker ps -q --filter name=apps_worker) >/dev/null; sleep 12', 'identity'],
    ['a label on a service', 'docker service update -d --label-add planted=1 apps_worker >/dev/null; sleep 1', 'shape'],
  ] as const)('the digest sees %s', async (_name, plant, part) => {
    const before = await digest()
    await host.sh('one', plant)
    expect(differences(before[part], (await digest())[part])).not.toEqual([])
  })
}
