import { machine, type StandIn } from './api.ts'
import type { Control } from './control.ts'

/** Nodes of which the API is to say something that the control server does not know: by id. */
export interface Known {
  readonly online: Set<string>
  /** A person's own: without the tags. */
  readonly strangers: Set<string>
}

/** The stand-in of the API speaks for this tailnet: its devices are the real nodes, and what it removes, renames or makes is so there. */
export function speaksFor(api: StandIn, tailnet: Control): Known {
  const known = { online: new Set<string>(), strangers: new Set<string>() }
  api.onKey = ({ key }) => tailnet.needs(key)
  api.onCall = async (call, text) => {
    const [, method, id = '', name] = /^(\w+) \/api\/v2\/device\/([^/]+)(\/name)?$/.exec(call) ?? []
    if (method === 'DELETE') await tailnet.remove(id)
    if (method === 'POST' && name) await tailnet.rename(id, (JSON.parse(text) as { name: string }).name)
    if (call !== 'GET /api/v2/tailnet/-/devices') return
    api.machines.splice(0)
    for (const { hostname, name, id: nodeId } of await tailnet.machines())
      machine(api, hostname, {
        nodeId,
        name,
        connectedToControl: known.online.has(nodeId),
        tags: known.strangers.has(nodeId) ? [] : ['tag:server'],
      })
  }
  return known
}
