import type { NotedList } from '../../inventory/lock-file-schema.ts'

/** Something of the organization that the inventory names no more: it may hold data, so it is told and never taken away. */
export interface Left {
  /** Where it is noted until it is gone, and under which name. */
  readonly list: NotedList | 'buckets'
  readonly name: string
  /** What it is and costs, and where a person lets it go. */
  readonly text: string
}
