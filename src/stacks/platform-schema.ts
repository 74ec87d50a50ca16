import * as z from 'zod'
import { secretSource } from './secret-schema.ts'

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'must be small letters, digits and dashes')
const owner = z.string().regex(/^\d+:\d+$/, 'must be numbers in quotes, user and group: "999:999"')
const mode = z.string().regex(/^[0-7]{3,4}$/, 'must be octal digits in quotes: "700"')

// Its owner and mode are set: neither may reach a directory of the system, by whatever way.
const DATA =
  /^(?!\/(?:etc|usr|s?bin|lib\w*|boot|dev|proc|sys|run|root|var\/run|var\/lib\/(?:docker|dpkg|groundwork|systemd))(?:\/|$))(?:\/(?!\.\.?(?:\/|$))[\w.@-]+){2,}$/

const CONFIG = /^\.\/config(?:\/(?!\.\.?(?:\/|$))[\w.@-]+)+$/

const HOST = /^(?:@|(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)$/

/** platform.yaml. */
export const platformFile = z.strictObject({
  title: z.string(),
  layers: z
    .array(name)
    .min(1)
    .refine((layers) => new Set(layers).size === layers.length, 'must name each layer once'),
  networks: z
    .record(
      name,
      z.strictObject({
        internal: z.boolean().default(false),
        attachable: z.boolean().default(false),
        encrypted: z.boolean().default(false),
      }),
    )
    .default({}),
  images: z.record(name, z.union([z.literal('debian'), z.strictObject({})])).default({}),
  volumes: z
    .record(
      name,
      z.strictObject({
        directory: z
          .string()
          .regex(DATA, 'must be an absolute path of two parts or more, away from the system: /srv/…'),
        owner: owner.default('0:0'),
        mode: mode.default('755'),
      }),
    )
    .default({}),
  secrets: z.record(name, secretSource).default({}),
  routes: z
    .record(
      name,
      z.strictObject({
        host: z
          .string()
          .regex(HOST, 'must be @ (access.domain itself) or a name in front of it: api, management.api')
          .default('@'),
        port: z.number().int().min(1).max(65535).default(443),
        profiles: z
          .array(z.enum(['localhost', 'lan', 'public']))
          .min(1)
          .default(['localhost', 'lan', 'public']),
      }),
    )
    .default({}),
  checks: z
    .record(
      z.string(),
      z.strictObject({
        port: z.number().int().min(1).max(65535),
        path: z.string().startsWith('/').default('/'),
        status: z.number().int().default(200),
        contains: z.array(z.string()).default([]),
      }),
    )
    .default({}),
})

/** What platform.yaml says, with every default filled in. */
export type PlatformFile = z.infer<typeof platformFile>

const external = z.looseObject({ external: z.literal(true, 'must be `external: true`; platform.yaml makes it') })

const service = z.looseObject({
  image: z.string(),
  command: z.array(z.union([z.string(), z.number()])).optional(),
  'x-groundwork': z.strictObject({ oneShot: z.boolean().optional() }).optional(),
  healthcheck: z.looseObject({ disable: z.boolean().optional() }).optional(),
  networks: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).optional(),
  volumes: z
    .array(z.union([z.string(), z.looseObject({ type: z.string(), source: z.string().optional() })]))
    .optional(),
  configs: z.array(z.union([z.string(), z.looseObject({ source: z.string() })])).optional(),
  secrets: z.array(z.union([z.string(), z.looseObject({ source: z.string() })])).optional(),
  ports: z
    .array(
      z.union([
        z.string(),
        z.looseObject({
          published: z.number().optional(),
          mode: z.string().optional(),
          protocol: z.string().optional(),
        }),
      ]),
    )
    .optional(),
  deploy: z
    .looseObject({
      mode: z.enum(['replicated', 'global', 'replicated-job', 'global-job']).optional(),
      replicas: z.number().int().min(0).optional(),
      labels: z.record(z.string(), z.unknown(), 'must be a map, not a list').optional(),
      restart_policy: z.looseObject({ condition: z.enum(['none', 'on-failure', 'any']).optional() }).optional(),
      placement: z.looseObject({ constraints: z.array(z.string()).optional() }).optional(),
    })
    .optional(),
})

/** A layer's Compose file: what we read of it is checked, the rest is Docker's to judge. */
export const compose = z.looseObject({
  'x-groundwork': z.strictObject({ gate: z.strictObject({ seconds: z.number().int().min(1) }).optional() }).optional(),
  services: z.record(name, service),
  networks: z.record(z.string(), external).default({}),
  volumes: z.record(z.string(), external).default({}),
  secrets: z.record(z.string(), external).default({}),
  configs: z
    .record(z.string(), z.looseObject({ file: z.string().regex(CONFIG, 'must be a file in ./config/') }))
    .default({}),
})

export type Compose = z.infer<typeof compose>
export type ComposeService = z.infer<typeof service>

/** A catalogue of services, as its folder says it. */
export interface Platform extends Omit<PlatformFile, 'layers'> {
  readonly name: string
  /** Where its files are, on the operator's machine. */
  readonly directory: string
  readonly layers: readonly Layer[]
}

/** One stack, which must be healthy before the next begins. */
export interface Layer {
  readonly name: string
  readonly compose: Compose
  /** How long its services may take. */
  readonly gateSeconds: number
}
