import { list, type Mark, record } from './mark.ts'

/** The swarm has a manager, and not two: with two it stands still as soon as one fails. A single host needs no role. */
export function checkManagers(value: unknown): readonly Mark[] {
  const written = list(record(value).hosts)
  const hosts = written.map(record)
  const unsaid = hosts.flatMap((host, index) =>
    hosts.length > 1 && !('role' in host) && host === written[index]
      ? [{ path: ['hosts', index, 'role'], missing: true, message: 'is missing; manager or worker' }]
      : [],
  )
  // What is said wrongly is told already, and may be the manager that lacks here.
  const known = hosts.every(
    ({ role }) => role === 'manager' || role === 'worker' || (role === undefined && hosts.length === 1),
  )
  const managers = hosts.flatMap(({ role }, index) => (role === 'manager' ? [index] : []))
  if (known && hosts.length && !managers.length && hosts[0]?.role !== undefined)
    return [{ path: ['hosts', 0, 'role'], message: 'is worker, like all others; one host must be manager' }]
  if (known && managers.length === 2)
    return [
      {
        path: ['hosts', managers[1] ?? 0, 'role'],
        message: 'is the second manager; of two, none decides when the other fails: make it a worker, or have three',
      },
    ]
  return unsaid
}
