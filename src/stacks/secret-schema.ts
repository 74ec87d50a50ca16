import * as z from 'zod'

const inventoryName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be a name of the inventory')
const sqlName = z.string().regex(/^[a-z_][a-z0-9_-]{0,62}$/, 'must be small letters, digits, - and _, a letter first')

/** Made of the organization's key: so many bytes of randomness; a higher version is another one. */
const generated = z.strictObject({
  generated: z.number().int().min(16).max(64),
  version: z.number().int().min(1).default(1),
})

/** Of a managed database: its address, a user's password, or both in one, as libpq takes it. `cluster` is named as in the inventory. */
const ofCluster = z.discriminatedUnion(
  'as',
  [
    z.strictObject({ cluster: inventoryName, as: z.enum(['host', 'port']) }),
    z.strictObject({ cluster: inventoryName, user: sqlName, as: z.literal('password') }),
    z.strictObject({ cluster: inventoryName, user: sqlName, database: sqlName, as: z.literal('url') }),
  ],
  { error: 'must be host, port, password (with user) or url (with user and database)' },
)

/** Of a key for Spaces: its access key, its secret key, or both as the AWS libraries read them from a file. Named as in the inventory. */
const ofSpacesKey = z.strictObject({
  spacesKey: inventoryName,
  as: z.enum(['id', 'secret', 'credentials'], 'must be id, secret or credentials'),
})

const FORMS = { generated, cluster: ofCluster, spacesKey: ofSpacesKey }

/** Where a secret of platform.yaml comes from: the first key that says it is its form. */
export const secretSource = z.unknown().transform((value, context): SecretSource => {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : []
  const form = keys.find((key): key is keyof typeof FORMS => Object.hasOwn(FORMS, key))
  const { data, error } = FORMS[form ?? 'generated'].safeParse(value)
  for (const { path, message } of error?.issues ?? []) context.addIssue({ code: 'custom', path: [...path], message })
  return data ?? z.NEVER
})

export type GeneratedSource = z.output<typeof generated>
export type ClusterSource = z.output<typeof ofCluster>
export type SpacesKeySource = z.output<typeof ofSpacesKey>
/** What its provider gives. */
export type GivenSource = ClusterSource | SpacesKeySource
export type SecretSource = GeneratedSource | GivenSource
