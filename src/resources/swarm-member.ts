import { type Resource, resource } from '../engine/resource.ts'
import { on, type Sh, sh } from '../engine/sh.ts'
import type { Host, Org } from '../inventory/org.ts'
import { OURS, orNothing } from './docker.ts'
import { refuse } from './refuse.ts'
import { readSwarm, swarmInfo } from './swarm.ts'
import { isNodeOf, nodeId, nodeOf, nodesIn, swarmNodes } from './swarm-nodes.ts'

/** This host is a member of the manager's swarm, in its role, ready and taking tasks. Who is a member is asked of the manager. */
export const swarmMember = (host: Host, manager: Host): Resource => {
  const ask = on(manager, swarmNodes)
  return resource({
    name: 'swarm membership',
    desired: { member: `of ${manager.primaryAddress}`, state: 'ready', role: host.role, availability: 'active' },
    actual: {
      member: { ask: swarmInfo, read: (answer) => memberOf(answer, manager) },
      state: { ask, read: (answer) => nodeOf(answer, host)?.state },
      role: { ask, read: (answer) => nodeOf(answer, host)?.role },
      availability: { ask, read: (answer) => nodeOf(answer, host)?.availability },
    },
    fix: ({ member, state, role, availability }) => {
      if (member?.from?.startsWith('of '))
        return refuse(`this host is in another swarm, ${member.from}`, 'if nobody needs it there:  docker swarm leave')
      if (member?.from === 'locked') return refuse("this host's swarm is locked", 'unlock it:  docker swarm unlock')
      // It has just started and looks for its manager: that is waited for.
      if (member?.from === 'pending') return []
      // The manager has lost it, or it has lost the manager: it leaves and comes back; its volumes stay.
      if (member || (state && state.from === undefined))
        return [member && member.from === undefined ? [] : leave, on(manager, forgotten(host)), join(host, manager)]
      return [
        role
          ? on(manager, sh`docker node ${role.to === 'manager' ? 'promote' : 'demote'} "$(${nodeId(host)})" >/dev/null`)
          : [],
        availability ? on(manager, sh`docker node update --availability active "$(${nodeId(host)})" >/dev/null`) : [],
      ]
    },
    settle: { seconds: 60, because: sh`docker info --format '{{.Swarm.LocalNodeState}} {{.Swarm.Error}}'` },
  })
}

/** Nodes of ours that left the inventory, or that are down since their host was made anew, are no members any more. */
export const onlyMembers = (org: Org): Resource =>
  resource({
    name: 'swarm members that left the inventory',
    desired: { left: 'none' },
    actual: { left: { ask: nodesOrNone, read: (answer) => leftOver(answer, org) } },
    fix: ({ left }) =>
      (left?.from ?? '')
        .split(', ')
        .filter(Boolean)
        .map((node) => removed(node.split(' ')[1] ?? '')),
    destroys: 'these members are drained and removed from the swarm; the volumes on their hosts stay there',
    removes: true,
  })

// No Docker yet, or no swarm: nobody is left in it.
const nodesOrNone: Sh = orNothing(swarmNodes)

function memberOf(answer: string, manager: Host): string | undefined {
  const { told } = readSwarm(answer)
  if (told.LocalNodeState === 'inactive') return undefined
  if (told.LocalNodeState !== 'active') return told.LocalNodeState
  const managers = (told.RemoteManagers ?? []).map(({ Addr }) => Addr.slice(0, Addr.lastIndexOf(':')))
  return `of ${managers.includes(manager.primaryAddress) ? manager.primaryAddress : managers.join(' ')}`
}

function leftOver(answer: string, org: Org): string {
  const all = nodesIn(answer)
  const left = all.filter((node) => {
    const host = org.hosts.find((one) => isNodeOf(one, node))
    if (!host) return node.labels[OURS] === org.name
    return (
      node.state === 'down' && all.some((other) => other !== node && isNodeOf(host, other) && other.state === 'ready')
    )
  })
  return (
    left
      .map(({ id, name }) => `${name} ${id}`)
      .sort()
      .join(', ') || 'none'
  )
}

const leave: Sh = sh`docker swarm leave --force >/dev/null`

/** The label by which a node is known as ours, with those of the inventory. */
export const labelsOf = (host: Host, org: Org): Readonly<Record<string, string>> => ({
  ...host.labels,
  [OURS]: org.name,
})

// What the manager still has under this name is no member any more; a second node of the same name could not be told from it.
const forgotten = (host: Host): Sh => sh`
    while id=$(${nodeId(host)}) && [ -n "$id" ]; do
      docker node demote "$id" >/dev/null 2>&1 || true
      docker node rm --force "$id" >/dev/null
    done`

// The CLI takes the token in its arguments, where everybody on the host can read it; Docker's API takes it on stdin.
const join = (host: Host, manager: Host): Sh => sh`
    printf '{"ListenAddr":"0.0.0.0:2377","AdvertiseAddr":"%s","RemoteAddrs":["%s:2377"],"JoinToken":"%s"}' ${host.primaryAddress} ${manager.primaryAddress} ${on(manager, sh`docker swarm join-token --quiet ${host.role}`)} |
      curl --silent --show-error --fail-with-body --max-time 60 --unix-socket /run/docker.sock -H 'Content-Type: application/json' --data-binary @- http://docker/swarm/join`

const removed = (id: string): Sh => sh`
    docker node demote ${id} >/dev/null 2>&1 || true
    docker node update --availability drain ${id} >/dev/null
    for second in $(seq 30); do
      running=$(docker node ps --filter desired-state=running --quiet ${id})
      [ -n "$running" ] || break
      sleep 1
    done
    docker node rm --force ${id} >/dev/null`
