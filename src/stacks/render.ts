import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ejs from 'ejs'
import { Fault } from '../engine/fault.ts'
import type { Host, Org } from '../inventory/org.ts'
import { BLOCK, OURS } from '../resources/docker.ts'
import { emitterOf } from '../resources/emit.ts'
import { shortHash } from '../resources/hash.ts'
import type { Wellness } from '../resources/service-state.ts'

import type { ComposeService, Layer, Platform } from './platform-schema.ts'
import { imageTag } from './recipe.ts'
import { sourcesOf } from './references.ts'
import { secretName } from './secrets.ts'
import { wellness } from './wellness.ts'
import { writeYaml } from './yaml.ts'

/** A layer as it lies on the first manager, where `docker stack deploy` takes it, by us and by hand. */
export interface RenderedLayer {
  readonly text: string
  readonly services: readonly RenderedService[]
  readonly configs: readonly RenderedConfig[]
}

export interface RenderedService {
  /** As Docker names it: `data_redis`. */
  readonly name: string
  /** With its tag. */
  readonly image: string
  readonly well: Wellness
  /** The label groundwork.block: the hash of the block and of the names it leads to. */
  readonly blockHash: string
}

export interface RenderedConfig {
  /** As the Compose file names it. */
  readonly key: string
  /** As Docker names it: `ingress-0123456789ab`. */
  readonly name: string
  /** Below the stack file's folder: `config/ingress.cfg`. */
  readonly path: string
  readonly content: string
}

/** For whom a layer is rendered: the organization, and the first manager. */
export interface Rendering {
  readonly org: Org
  readonly host: Host
}

/** A layer's Compose file in the plain form that Debian 12's CLI (20.10) reads as well: no extensions, names resolved, labels on everything. */
export function renderLayer(platform: Platform, layer: Layer, { org, host }: Rendering): RenderedLayer {
  const { compose } = layer
  const configs = Object.entries(compose.configs).map(([key, { file }]) => config(platform, key, file, org))
  const real = (kind: 'networks' | 'volumes', key: string) => String(compose[kind][key]?.name ?? key)
  const names: Names = {
    networks: (key) => real('networks', key),
    volumes: (key) => real('volumes', key),
    secrets: (key) => secretName(platform, key, org),
    configs: (key) => configs.find((one) => one.key === key)?.name ?? key,
  }
  const services = Object.entries(compose.services).map(([key, service]) => {
    const block = renderService(platform, service, { org, host })
    const blockHash = shortHash(JSON.stringify([sorted(block), ...leadsTo(service, names)]))
    const deploy = block.deploy as { labels: Record<string, unknown> }
    deploy.labels[BLOCK] = blockHash
    return {
      key,
      name: `${layer.name}_${key}`,
      image: String(block.image),
      well: wellness(service, org),
      blockHash,
      block,
    }
  })
  const file = {
    version: '3.8',
    services: Object.fromEntries(services.map(({ key, block }) => [key, block])),
    ...external('networks', Object.keys(compose.networks), names),
    ...external('volumes', Object.keys(compose.volumes), names),
    ...external('secrets', Object.keys(compose.secrets), names),
    ...(configs.length && {
      configs: Object.fromEntries(
        configs.map(({ key, name, path }) => [key, { name, file: `./${path}`, labels: { [OURS]: org.name } }]),
      ),
    }),
  }
  return {
    text: writeYaml(file),
    services: services.map(({ key: _key, block: _block, ...service }) => service),
    configs,
  }
}

/** Where a config's file lies below the stack file's folder: templates without their ending. */
export const configPath = (file: string): string => file.replace(/^\.\//, '').replace(/\.ejs$/, '')

/** An image as services name it on the hosts: one of ours gets its tag. */
export function imageName(platform: Platform, image: string, codename: string): string {
  const built = /^groundwork\/([a-z0-9-]+)$/.exec(image)?.[1]
  return built ? `${image}:${imageTag(platform, built, codename)}` : image
}

type Kind = 'networks' | 'volumes' | 'secrets' | 'configs'
type Names = Readonly<Record<Kind, (key: string) => string>>

function renderService(platform: Platform, service: ComposeService, { org, host }: Rendering): Record<string, unknown> {
  const plain = withoutExtensions(service)
  const mode = service.deploy?.mode ?? 'replicated'
  return {
    ...plain,
    image: imageName(platform, service.image, host.codename),
    deploy: {
      ...withoutExtensions(service.deploy ?? {}),
      ...(mode.startsWith('replicated') && { replicas: service.deploy?.replicas ?? 1 }),
      labels: { ...service.deploy?.labels, [OURS]: org.name },
    },
  }
}

function config(platform: Platform, key: string, file: string, org: Org): RenderedConfig {
  const source = join(platform.directory, file)
  const text = readFileSync(source, 'utf8')
  const content = file.endsWith('.ejs') ? template(source, text, { org }) : text
  return { key, name: `${key}-${shortHash(content)}`, path: configPath(file), content }
}

function template(file: string, text: string, values: Readonly<Record<string, unknown>>): string {
  try {
    return ejs.render(
      text,
      { ...values },
      {
        filename: file,
        strict: true,
        destructuredLocals: Object.keys(values),
        escape: emitterOf(file.replace(/\.ejs$/, '')),
      },
    )
  } catch (error) {
    throw new Fault('The template cannot be rendered.', { at: file, because: (error as Error).message, exit: 64 })
  }
}

const external = (kind: Kind, keys: readonly string[], names: Names): Record<string, unknown> =>
  keys.length
    ? { [kind]: Object.fromEntries(keys.map((key) => [key, { external: true, name: names[kind](key) }])) }
    : {}

const leadsTo = (service: ComposeService, names: Names): readonly string[] =>
  (['networks', 'volumes', 'secrets', 'configs'] as const).flatMap((kind) => [
    kind,
    ...sourcesOf(service, kind).map((key) => names[kind](key)),
  ])

const withoutExtensions = (block: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(block).filter(([key]) => !key.startsWith('x-')))

// The order of keys in a map says nothing.
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}
