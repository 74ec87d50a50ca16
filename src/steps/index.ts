import type { Step } from '../engine/resource.ts'
import type { Org } from '../inventory/org.ts'
import { base } from './base.ts'
import { checks } from './checks.ts'
import { disks } from './disks.ts'
import { docker, dockerRuns } from './docker.ts'
import { firewall } from './firewall.ts'
import { carriedImages, images } from './images.ts'
import { layers } from './layers.ts'
import { networks } from './networks.ts'
import { ownership } from './ownership.ts'
import { packets } from './packets.ts'
import { ready } from './ready.ts'
import { ssh } from './ssh.ts'
import { swarmLeader } from './swarm-leader.ts'
import { swarmMembers } from './swarm-members.ts'
import { tailscale, tailscaleKeys } from './tailscale.ts'
import { users } from './users.ts'
import { volumes } from './volumes.ts'

/** What happens, in order. Start reading here. */
export const steps = (org: Org): readonly Step[] => [
  ready,
  ownership,
  base,
  users,
  ssh,
  firewall,
  ...(org.tailscale ? [tailscale(org.tailscale)] : []),
  ...(org.hosts.some(({ droplet }) => droplet?.volumes.length) ? [disks] : []),
  docker,
  dockerRuns,
  swarmLeader,
  swarmMembers,
  networks,
  volumes,
  images,
  carriedImages,
  ...layers(org),
  ...(org.hosts.length > 1 ? [packets] : []),
  checks,
  ...(org.tailscale ? [tailscaleKeys] : []),
]
