import type { Resource } from '../engine/resource.ts'
import { resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'
import { dockerProbe, OURS } from './docker.ts'

/** A directory for data, as numbers in text: owner `999:999`, mode `700`. What is in it is its service's business. It is never removed. */
export const dataDirectory = (directory: string, owner: string, mode: string): Resource => {
  const [user = '0', group = '0'] = owner.split(':')
  return resource({
    name: `directory ${directory}`,
    desired: { owner, mode },
    actual: {
      owner: sh`[ -d ${directory} ] || exit 44; stat --format %u:%g ${directory}`,
      mode: sh`[ -d ${directory} ] || exit 44; stat --format %a ${directory}`,
    },
    fix: () => sh`install --directory --mode ${mode} --owner ${user} --group ${group} ${directory}`,
  })
}

/** A local volume that is this directory. One that is another is told, and left: it may hold somebody's data. */
export const dockerVolume = (name: string, directory: string, org: string): Resource =>
  resource({
    name: `volume ${name}`,
    desired: { device: directory },
    actual: { device: { ask: volumes, read: (answer) => device(answer, name) } },
    fix: ({ device: found }) =>
      found?.from === undefined
        ? sh`docker volume create --driver local --opt type=none --opt o=bind --opt device=${directory} --label ${`${OURS}=${org}`} ${name} >/dev/null`
        : sh`printf '%s\n' ${`the volume ${name} is ${found.from}; a volume is never changed or removed, it may hold data`} ${`if it holds none:  docker volume rm ${name}`} >&2; exit 1`,
  })

const volumes = dockerProbe(sh`names=$(docker volume ls --quiet) || exit
[ -z "$names" ] || docker volume inspect --format '{{.Name}} {{.Driver}} {{with .Options}}{{.type}} {{.o}} {{.device}}{{end}}' $names`)

function device(answer: string, name: string): string | undefined {
  const line = answer.split('\n').find((one) => one.startsWith(`${name} `))
  if (line === undefined) return undefined
  const [, driver, type, options, ...path] = line.trim().split(' ')
  if (driver === 'local' && type === 'none' && options === 'bind') return path.join(' ')
  return path.length
    ? `another one (${driver}, ${type}, ${options}, ${path.join(' ')})`
    : `another one (${driver}, inside Docker)`
}
