import { isDeepStrictEqual } from 'node:util'
import type { Look, Service, Task, Tree } from './swarm-look.ts'

/** How a service is when all is well. */
export interface Wellness {
  /** `complete`: it runs once and ends; `running`: it stays. */
  readonly state: 'running' | 'complete'
  readonly count: number
  /** Swarm calls a task running only when its health check has passed; without one, time must show it. */
  readonly healthcheck: boolean
}

// Swarm calls what crashes after two seconds running for two seconds out of each round.
const STEADY_SECONDS = 10
const STEADY_AFTER_FAILURE_SECONDS = 30
const RECENT_SECONDS = 600
const ENDED = new Set(['failed', 'complete'])

/** `running 1/1`: how many tasks of the service's present specification are well, out of how many are wanted. */
export function serviceState(look: Look, name: string, well: Wellness): string | undefined {
  const service = look.services.find(({ Spec }) => Spec.Name === name)
  if (!service) return undefined
  const tasks = look.tasks.filter(({ ServiceID }) => ServiceID === service.ID)
  const count = tasks.filter((task) => isWell(task, tasks, service, look.now, well)).length
  const updating = ['updating', 'rollback_started'].includes(service.Update?.State ?? '')
  return `${well.state} ${count}/${well.count}${updating ? ', still updating' : ''}`
}

function isWell(task: Task, tasks: readonly Task[], service: Service, now: number, well: Wellness): boolean {
  if (!task.Spec || !isDeepStrictEqual(comparable(task.Spec), comparable(service.Spec.TaskTemplate))) return false
  if (well.state === 'complete') return task.Status.State === 'complete'
  if (task.DesiredState !== 'running' || task.Status.State !== 'running') return false
  if (well.healthcheck) return true
  const seconds = now - at(task)
  const failed = tasks.some(
    (other) => other.Slot === task.Slot && ENDED.has(other.Status.State) && now - at(other) < RECENT_SECONDS,
  )
  return seconds >= (failed ? STEADY_AFTER_FAILURE_SECONDS : STEADY_SECONDS)
}

const at = (task: Task): number => Date.parse(task.Status.Timestamp) / 1000

// Swarm fills defaults into the service's template and not into the task's, and leaves out of it what is empty (20.10 and 26.1, measured).
function comparable(template: Tree): unknown {
  const { RestartPolicy: _restart, Runtime: _runtime, ContainerSpec, ...rest } = template
  const { StopGracePeriod: _grace, ...container } = (ContainerSpec ?? {}) as Tree
  return withoutEmpty({ ...rest, container })
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.length ? value.map(withoutEmpty) : undefined
  if (typeof value !== 'object' || value === null) return value || undefined
  const full = Object.entries(value)
    .map(([key, inner]) => [key, withoutEmpty(inner)] as const)
    .filter(([, inner]) => inner !== undefined)
  return full.length ? Object.fromEntries(full) : undefined
}
