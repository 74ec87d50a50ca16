import * as z from 'zod'
import { page } from './answers.ts'

/** A database cluster, as far as groundwork looks at it: what is secret in the answer is not taken along. */
const cluster = z.object({
  id: z.string(),
  name: z.string(),
  engine: z.string(),
  version: z.string(),
  size: z.string(),
  num_nodes: z.number(),
  region: z.string(),
  status: z.string(),
  created_at: z.string(),
  tags: z.array(z.string()).nullish(),
})
export type Cluster = z.output<typeof cluster>

export const clusterPage = page('databases', cluster)
export const oneCluster = z.object({ database: cluster })

const rule = z.object({ type: z.string(), value: z.string() })
export const trustedSources = z.object({ rules: z.array(rule).nullish() })

const named = z.object({ name: z.string() })
export const databaseNames = z.object({ dbs: z.array(named).nullish() })
export const userNames = z.object({ users: z.array(named).nullish() })

const pg = z.object({
  regions: z.array(z.string()),
  versions: z.array(z.string()),
  layouts: z.array(z.object({ num_nodes: z.number(), sizes: z.array(z.string()) })),
})
export const databaseOptions = z.object({ options: z.object({ pg }) })
