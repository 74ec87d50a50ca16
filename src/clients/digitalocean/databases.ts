import * as z from 'zod'
import { Secret } from '../../engine/secret.ts'
import { page } from './answers.ts'

// Its user and password are those of the administrator, and are not taken along.
const address = z.object({ host: z.string(), port: z.number() })

/** A database cluster, as far as groundwork looks at it. */
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
  /** Told once it is there. */
  connection: address.nullish().catch(undefined),
  private_connection: address.nullish().catch(undefined),
  /** The private network; told to tokens with vpc:read. */
  private_network_uuid: z.string().nullish(),
})
export type Cluster = z.output<typeof cluster>

export const clusterPage = page('databases', cluster)
export const oneCluster = z.object({ database: cluster })

const rule = z.object({ type: z.string(), value: z.string() })
export const trustedSources = z.object({ rules: z.array(rule).nullish() })

const named = z.object({ name: z.string() })
export const databaseNames = z.object({ dbs: z.array(named).nullish() })

/** Without its password where the token may not see it. */
const user = z.object({ name: z.string(), password: z.string().nullish() }).transform(({ name, password }) => ({
  name,
  password: password ? new Secret(password) : undefined,
}))
export const databaseUsers = z.object({ users: z.array(user).nullish() })

const pg = z.object({
  regions: z.array(z.string()),
  versions: z.array(z.string()),
  layouts: z.array(z.object({ num_nodes: z.number(), sizes: z.array(z.string()) })),
})
export const databaseOptions = z.object({ options: z.object({ pg }) })
