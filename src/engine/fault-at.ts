import { Fault } from './fault.ts'

/** Where a fault is, in the words of the plan: `host › step › resource`. */
export const faultAt = (host: { readonly name: string }, step: { readonly id: string }, resource?: string): string =>
  [host.name, step.id, ...(resource === undefined ? [] : [resource])].join(' › ')

/**
 * Does work that knows what happened to it, and not always of which resource it is the fix: its faults are told at `at`, unless they
 * say where themselves. Why a run was stopped is no fault of the work.
 */
export async function toldAt<T>(at: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof Fault && !signal.aborted ? error.placed(at) : error
  }
}
