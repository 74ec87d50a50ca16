import type { Resource, Step } from '../engine/resource.ts'
import { step } from '../engine/resource.ts'
import { Secret } from '../engine/secret.ts'
import type { Sh } from '../engine/sh.ts'
import type { Host, Org } from '../inventory/org.ts'
import { file } from '../resources/file.ts'
import { onlyOurServices, onlyOurs } from '../resources/only-ours.ts'
import { stackConfig } from '../resources/stack-config.ts'
import { deployStack, stackService } from '../resources/stack-service.ts'
import { swarmSecret } from '../resources/swarm-secret.ts'
import { firstManager } from '../stacks/placement.ts'
import { readPlatform } from '../stacks/platform.ts'
import type { Layer, Platform } from '../stacks/platform-schema.ts'
import { configPath, type RenderedLayer, renderLayer } from '../stacks/render.ts'
import { secretName, secretValue } from '../stacks/secrets.ts'

/** Where the stack files lie on the first manager: `docker stack deploy -c /etc/groundwork/stacks/data.yaml data` works by hand. */
const STACKS = '/etc/groundwork/stacks'

/** One step a layer: the next begins when all its services are well. Around them, what the platform no longer has is taken away. */
export function layers(org: Org): readonly Step[] {
  const platform = readPlatform(org.platform)
  const render = onceRendered(platform)
  const hosts = (of: Org) => [firstManager(of)]
  return [
    step({
      id: 'former-services',
      title: 'No service runs that the platform does not have',
      hosts,
      resources: ({ host, org }) => [onlyOurServices(wanted(platform, org, render(host, org)).services)],
    }),
    ...platform.layers.map((layer) =>
      step({
        id: layer.name,
        title: `The layer ${layer.name} runs and is healthy`,
        hosts,
        resources: ({ host, org }) => layerResources(platform, layer, org, render(host, org)),
      }),
    ),
    step({
      id: 'leftovers',
      title: 'Nothing is left of former configs, secrets and networks',
      hosts,
      resources: ({ host, org }) => {
        const { configs, secrets, networks } = wanted(platform, org, render(host, org))
        return [onlyOurs('config', configs), onlyOurs('secret', secrets), onlyOurs('network', networks)]
      },
    }),
  ]
}

type Rendered = ReadonlyMap<Layer, RenderedLayer>

// Three steps want all layers, and rendering them takes a twentieth of a second.
function onceRendered(platform: Platform): (host: Host, org: Org) => Rendered {
  const known = new Map<Host, { readonly org: Org; readonly rendered: Rendered }>()
  return (host, org) => {
    const last = known.get(host)
    if (last?.org === org) return last.rendered
    const rendered = new Map(platform.layers.map((layer) => [layer, renderLayer(platform, layer, { org, host })]))
    known.set(host, { org, rendered })
    return rendered
  }
}

function layerResources(platform: Platform, layer: Layer, org: Org, rendered: Rendered): readonly Resource[] {
  const { text, services, configs } = rendered.get(layer) as RenderedLayer
  const path = `${STACKS}/${layer.name}.yaml`
  const deploy: Sh = deployStack({ name: layer.name, file: path, services })
  const first = (is: (other: Layer) => boolean) => platform.layers.find(is) === layer
  return [
    ...configs
      .filter(({ path }) => first((other) => usesFile(other, path)))
      .map((config) => file(`${STACKS}/${config.path}`, { content: config.content })),
    file(path, { content: text }),
    ...Object.keys(layer.compose.secrets)
      .filter((key) => first(({ compose }) => key in compose.secrets))
      .map((key) =>
        // In a plan a value may not be known yet: it shows the name without its suffix.
        swarmSecret(secretName(platform, key, org), secretValue(platform, key, org) ?? new Secret(''), org.name),
      ),
    ...configs
      .filter(({ key }) => first(({ compose }) => key in compose.configs))
      .map((config) => stackConfig(config.name, config.content, deploy)),
    ...services.map(({ name, blockHash, well }) =>
      stackService({ name, blockHash, well, gateSeconds: layer.gateSeconds, deploy }),
    ),
  ]
}

// What two layers share is made by the first of them: a resource is named once on a host.
const usesFile = (layer: Layer, path: string): boolean =>
  Object.values(layer.compose.configs).some(({ file }) => configPath(file) === path)

function wanted(platform: Platform, org: Org, layers: Rendered) {
  const rendered = [...layers.values()]
  const stacks = platform.layers.map(({ name }) => name)
  const of = (names: readonly string[]) => ({ org: org.name, names, stacks })
  return {
    services: of(rendered.flatMap(({ services }) => services.map(({ name }) => name))),
    configs: of(rendered.flatMap(({ configs }) => configs.map(({ name }) => name))),
    secrets: of(Object.keys(platform.secrets).map((key) => secretName(platform, key, org))),
    networks: of(Object.keys(platform.networks)),
  }
}
