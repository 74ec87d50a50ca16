import type { Resource } from '../engine/resource.ts'
import { resource } from '../engine/resource.ts'
import type { Secret } from '../engine/secret.ts'
import { sh } from '../engine/sh.ts'
import { labelOf, OURS, swarmProbe } from './docker.ts'

/** A Swarm secret under a name that holds a keyed hash of its value, so that the name alone says that the value is right. */
export const swarmSecret = (name: string, value: Secret, org: string): Resource =>
  resource({
    name: `secret ${name}`,
    desired: { label: `${OURS}=${org}` },
    actual: { label: { ask: secrets, read: (answer) => label(answer, name) } },
    fix: ({ label: found }) =>
      found?.from === undefined
        ? sh`printf %s ${value} | docker secret create --label ${`${OURS}=${org}`} ${name} - >/dev/null`
        : sh`echo ${`a secret of this name was made by somebody else (${found.from}); nothing was changed`} >&2; exit 1`,
  })

const secrets = swarmProbe(sh`docker secret ls --format '{{.Name}} {{.Labels}}'`)

function label(answer: string, name: string): string | undefined {
  const line = answer.split('\n').find((one) => one === name || one.startsWith(`${name} `))
  if (line === undefined) return undefined
  return `${OURS}=${labelOf(line.slice(name.length + 1), OURS) ?? ''}`
}
