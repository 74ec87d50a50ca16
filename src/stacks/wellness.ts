import type { Org } from '../inventory/org.ts'
import type { Wellness } from '../resources/service-state.ts'
import { hostsFor } from './placement.ts'
import type { ComposeService } from './platform-schema.ts'

/** How a service is when all is well: how many tasks, and whether they stay or run once. */
export function wellness(service: ComposeService, org: Org): Wellness {
  const mode = service.deploy?.mode ?? 'replicated'
  const healthcheck = service.healthcheck !== undefined && service.healthcheck.disable !== true
  const condition = service.deploy?.restart_policy?.condition ?? 'any'
  const oneShot =
    service['x-groundwork']?.oneShot ?? (condition === 'none' || (condition === 'on-failure' && !healthcheck))
  return {
    state: oneShot || mode.endsWith('-job') ? 'complete' : 'running',
    count: mode.startsWith('global') ? hostsFor(service, org.hosts).length : (service.deploy?.replicas ?? 1),
    healthcheck,
  }
}
