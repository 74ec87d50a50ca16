import { afterAll, describe } from 'vitest'
import { sandbox } from '../lab/sandbox.ts'
import { driftIsRepaired } from './drift.ts'
import { type Drift, drifts } from './drifts.ts'
import { bareHostBecomesThePlatform } from './first-run.ts'

const inventory = (release: string) => `
organization: on-${release}
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: one, provider: sandbox, role: manager, labels: { role: storage, zone: here }, release: ${release} }]
system: { packages: [tree], sysctl: { net.core.somaxconn: "4096" } }
`

/** What must hold on every release: a bare host becomes the platform, and whatever is broken by hand is repaired. */
export function platformOn(release: 'trixie' | 'bookworm', broken: readonly Drift[] = drifts): void {
  describe(`Debian ${release}`, () => {
    const host = sandbox(`on-${release}`, inventory(release))
    afterAll(() => host.down())
    bareHostBecomesThePlatform(host)
    driftIsRepaired(host, broken)
  })
}
