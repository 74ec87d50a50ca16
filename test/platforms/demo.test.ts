import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const folder = new URL('../../src/platforms/demo/', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, folder), 'utf8')

interface Service {
  readonly image: string
  readonly command: readonly string[]
  readonly networks: readonly string[]
  readonly secrets?: readonly string[]
  readonly volumes?: readonly { readonly type: string; readonly source?: string }[]
  readonly ports?: readonly { readonly mode: string }[]
  readonly healthcheck: { readonly test: readonly string[] }
  readonly logging: { readonly options: Readonly<Record<string, string>> }
  readonly stop_grace_period: string
  readonly deploy: {
    readonly endpoint_mode: string
    readonly resources: { readonly limits: { readonly cpus: string; readonly memory: string } }
    readonly restart_policy: { readonly delay: string }
    readonly update_config: { readonly order: string }
    readonly rollback_config: { readonly order: string }
  }
}

const platform = parse(read('platform.yaml'))
const layers: readonly string[] = platform.layers
const stacks = layers.map((layer) => parse(read(`${layer}.yaml`)))
const services = stacks.flatMap((stack) => Object.entries<Service>(stack.services))
const used = (of: (service: Service) => readonly (string | undefined)[]) =>
  [...new Set(services.flatMap(([, service]) => of(service)))].filter((name) => name !== undefined).sort()

test.each(services)('%s has all that a service must have', (_, service) => {
  expect(service.healthcheck.test[0]).toBe('CMD')
  expect(service.command).toBeInstanceOf(Array)
  expect(service.deploy.endpoint_mode).toBe('dnsrr')
  expect(service.deploy.resources.limits).toMatchObject({ cpus: expect.any(String), memory: expect.any(String) })
  expect(Number.parseInt(service.deploy.restart_policy.delay, 10)).toBeGreaterThanOrEqual(5)
  expect(service.logging.options).toEqual({ 'max-size': '5m', 'max-file': '3' })
  expect(service.stop_grace_period).toMatch(/^\d+s$/)
})

test.each(services)('%s starts its new container first only if two can run at once', (_, service) => {
  const alone = service.ports !== undefined || service.volumes?.some(({ type }) => type === 'volume')
  const order = alone ? 'stop-first' : 'start-first'
  expect([service.deploy.update_config.order, service.deploy.rollback_config.order]).toEqual([order, order])
})

test('only the ingress publishes, in host mode', () => {
  const published = services
    .filter(([, { ports }]) => ports)
    .map(([name, { ports }]) => [name, ports?.map(({ mode }) => mode)])
  expect(published).toEqual([['ingress', ['host']]])
})

test('what the layers use is what the platform declares', () => {
  const declared = (kind: string) => Object.keys(platform[kind]).sort()
  expect(used(({ networks }) => networks)).toEqual(declared('networks'))
  expect(used(({ secrets }) => secrets ?? [])).toEqual(declared('secrets'))
  expect(
    used(({ volumes }) => volumes?.filter(({ type }) => type === 'volume').map(({ source }) => source) ?? []),
  ).toEqual(declared('volumes'))
  expect([...used(({ image }) => [image.replace('groundwork/', '')]), 'base'].sort()).toEqual(declared('images'))
  expect([...readdirSync(new URL('images', folder)), 'base'].sort()).toEqual(declared('images'))
})

test('no network has the name that Swarm keeps for its own', () => {
  expect(Object.keys(platform.networks)).not.toContain('ingress')
})

test.each([
  ['redis', 'redis-data'],
  ['postgres', 'postgres-data'],
  ['rabbitmq', 'rabbitmq-data'],
])('the directory of %s belongs to the user that its image runs as', (image, volume) => {
  expect(read(`images/${image}/Dockerfile`)).toContain(`\nUSER ${platform.volumes[volume].owner}\n`)
})
