import { type Account, now } from './account.ts'
import { route } from './call.ts'
import { invalid, notFound } from './refused.ts'

/** Something that takes its time. */
export interface Action {
  readonly id: number
  readonly type: string
  /** undefined: of something that has no number. */
  readonly droplet: number | undefined
  /** A droplet that does nothing else meanwhile, though the action is not on its list. */
  readonly occupies: number | undefined
  readonly startedAt: string
  /** null: it has not ended. */
  completedAt: string | null
  status: 'in-progress' | 'completed' | 'errored'
}

/** Begins an action; `effect` is what is so once it is done. */
export function begin(
  account: Account,
  type: string,
  droplet: number | undefined,
  effect: () => void | Promise<void>,
  occupies = droplet,
): Action {
  const action: Action = {
    id: account.next(),
    type,
    droplet,
    occupies,
    startedAt: now(),
    completedAt: null,
    status: 'in-progress',
  }
  account.actions.set(action.id, action)
  const done = async () => {
    try {
      const end = account.actionEnds.get(type)
      if (end === 'never') return
      if (end === undefined) await effect()
      action.status = end ?? 'completed'
      action.completedAt = now()
    } catch (error) {
      console.error(`${type} of the droplet ${droplet}:`, error)
      action.status = 'errored'
    }
  }
  setTimeout(() => void done(), account.actionSeconds * 1000).unref()
  return action
}

/** A droplet does one thing at a time, and to attach a volume or to lead an address there is one as well. @throws Refused */
export function mustBeIdle(account: Account, droplet: number): void {
  if ([...account.actions.values()].some((one) => one.occupies === droplet && one.status === 'in-progress'))
    throw invalid('Droplet already has a pending event.')
}

/** The newest first. */
export const actionsOf = (account: Account, droplet: number): readonly Action[] =>
  [...account.actions.values()].filter((one) => one.droplet === droplet).reverse()

export const actionView = ({ id, type, droplet, startedAt, completedAt, status }: Action) => ({
  id,
  status,
  type,
  started_at: startedAt,
  completed_at: completedAt,
  resource_id: droplet ?? null,
  resource_type: droplet === undefined ? 'backend' : 'droplet',
})

export const actionRoutes = [
  route('GET', '/v2/actions/:id', 'actions:read', ({ account, params }) => {
    const action = account.actions.get(Number(params.id))
    if (!action) throw notFound()
    return { status: 200, body: { action: actionView(action) } }
  }),
]
