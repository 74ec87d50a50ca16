import { statSync } from 'node:fs'
import { join } from 'node:path'
import { isKnown, KNOWN } from './placement.ts'
import type { ComposeService, Platform } from './platform-schema.ts'
import { isPublished } from './published.ts'
import { sourcesOf } from './references.ts'
import type { Source } from './yaml.ts'

/** What no schema can say: that names lead somewhere, and files exist. One line a fault, each with file:line. */
export function crossFaults(platform: Platform, sources: readonly Source[]): readonly string[] {
  const faults: string[] = []
  for (const [index, { compose }] of platform.layers.entries()) {
    const say = (path: readonly string[], text: string) => faults.push(`${sources[index]?.at(path)}  ${text}`)
    for (const kind of ['networks', 'volumes', 'secrets'] as const) {
      for (const key of Object.keys(compose[kind])) {
        if (!Object.hasOwn(platform[kind], key)) say([kind, key], `${kind}.${key} is not in platform.yaml`)
      }
    }
    for (const [key, { file }] of Object.entries(compose.configs)) {
      if (!isFile(join(platform.directory, file))) say(['configs', key], `${file} does not exist`)
    }
    for (const [name, service] of Object.entries(compose.services)) {
      const path = ['services', name]
      for (const kind of ['configs', 'secrets', 'networks', 'volumes'] as const) {
        for (const used of sourcesOf(service, kind)) {
          if (!Object.hasOwn(compose[kind], used))
            say([...path, kind], `${name} uses ${used}, which is not under ${kind}`)
        }
      }
      checkService(platform, name, service, (below, text) => say([...path, ...below], text))
    }
  }
  for (const [route, { port }] of Object.entries(platform.routes)) {
    if (isPublished(platform, port)) continue
    faults.push(`${join(platform.directory, 'platform.yaml')}  routes.${route}: no service publishes port ${port}`)
  }
  for (const [image, kind] of Object.entries(platform.images)) {
    if (kind === 'debian' || isFile(join(platform.directory, 'images', image, 'Dockerfile'))) continue
    faults.push(
      `${join(platform.directory, 'platform.yaml')}  images.${image}: images/${image}/Dockerfile does not exist`,
    )
  }
  return faults
}

function checkService(
  platform: Platform,
  name: string,
  service: ComposeService,
  say: (path: readonly string[], text: string) => void,
): void {
  const built = /^groundwork\/([a-z0-9-]+)$/.exec(service.image)?.[1]
  if (built && !Object.hasOwn(platform.images, built))
    say(['image'], `${service.image} is not under images in platform.yaml`)
  for (const constraint of service.deploy?.placement?.constraints ?? [])
    if (!isKnown(constraint)) say(['deploy', 'placement', 'constraints'], `${constraint}: ${KNOWN}`)
  // The host has no environment for this: it would silently become empty.
  const variable = /(?<!\$)(?:\$\$)*\$(\{[^}]*\}|[A-Za-z_]\w*)/.exec(JSON.stringify(service))
  if (variable) say([], `${name} uses $${variable[1]}; Docker replaces it by nothing, write $$ for a dollar sign`)
}

// A link that leads to a file is one; a pipe or a device would be read for ever.
const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
