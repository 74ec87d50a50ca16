import type { Resource } from '../engine/resource.ts'
import { resource } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'
import { swarmProbe } from './docker.ts'
import { shortHash } from './hash.ts'

/** A Swarm config with this content, whose name holds the hash of it. Deploying the stack makes it. */
export const stackConfig = (name: string, content: string, deploy: Sh): Resource =>
  resource({
    name: `config ${name}`,
    desired: { content: shortHash(content) },
    actual: { content: { ask: configs, read: (answer) => contentHash(answer, name) } },
    // A config cannot be changed, and one that is in use cannot be removed: then this stops, and says so.
    fix: ({ content }) => (content?.from === undefined ? deploy : [sh`docker config rm ${name}`, deploy]),
  })

const configs = swarmProbe(sh`ids=$(docker config ls --quiet --filter label=groundwork.org) || exit
[ -z "$ids" ] || docker config inspect --format '{{.Spec.Name}} {{json .Spec.Data}}' $ids`)

function contentHash(answer: string, name: string): string | undefined {
  const line = answer.split('\n').find((one) => one.startsWith(`${name} `))
  if (line === undefined) return undefined
  const data: unknown = JSON.parse(line.slice(name.length + 1))
  return shortHash(Buffer.from(typeof data === 'string' ? data : '', 'base64'))
}
