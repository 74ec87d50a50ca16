import { databaseOptions } from '../../../clients/digitalocean/databases.ts'
import { Refused } from '../../../clients/digitalocean/faults.ts'
import { Fault } from '../../../engine/fault.ts'
import type { At } from '../kind.ts'
import type { DatabaseClusterWanted } from './cluster-wanted.ts'

/** Does what may be refused for its region, size or version; then the fault says what is offered. */
export async function withOptions(wanted: DatabaseClusterWanted, at: At, act: () => Promise<void>) {
  try {
    await act()
  } catch (error) {
    if (!(error instanceof Refused && error.status === 422)) throw error
    throw await refusedSo(wanted, at, error.because ?? '')
  }
}

/** What DigitalOcean refused to make of a cluster, with what it offers. */
export async function refusedSo(wanted: DatabaseClusterWanted, { account, org }: At, because: string): Promise<Fault> {
  const answer = await account.api.get('/v2/databases/options', databaseOptions)
  const { regions = [], versions = [], layouts = [] } = answer?.options.pg ?? {}
  const sizes = layouts.find(({ num_nodes }) => num_nodes === wanted.nodes)?.sizes ?? []
  return new Fault(`DigitalOcean does not make the database cluster ${wanted.name} so.`, {
    at: `operator › cloud › database cluster ${wanted.name}`,
    because,
    try: [
      `correct it in ${org.file}; what it has is as it was. There are`,
      `regions   ${regions.join(', ')}`,
      `versions  ${versions.join(', ')}`,
      `sizes     ${sizes.join(', ')}, for ${wanted.nodes} node${wanted.nodes > 1 ? 's' : ''}; never one with less disk than now`,
    ].join('\n'),
  })
}
