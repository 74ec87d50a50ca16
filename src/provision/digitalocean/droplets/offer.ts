import { regionPage, sizePage } from '../../../clients/digitalocean/answers.ts'
import type { Api } from '../../../clients/digitalocean/api.ts'
import { Refused } from '../../../clients/digitalocean/faults.ts'
import { Fault } from '../../../engine/fault.ts'
import type { HostWish } from '../../../inventory/org.ts'

/** Does what may be refused for its region or size; then the fault says what is offered. */
export async function withOffer(api: Api, host: HostWish, make: () => Promise<void>): Promise<void> {
  try {
    await make()
  } catch (error) {
    const { droplet } = host
    if (!(error instanceof Refused && error.status === 422) || !droplet) throw error
    throw new Fault(`DigitalOcean does not make ${host.name}.`, {
      because: error.because,
      // How many droplets an account may have is nothing that the inventory could say.
      try: /limit/i.test(error.said)
        ? 'delete what is not in use, or ask for more at https://cloud.digitalocean.com/account/team/droplet_limit_increase; the same command goes on where this stopped'
        : await offer(api, host.name, droplet.region, droplet.size),
    })
  }
}

/** Before a droplet is shut down for it. @throws Fault where this size is not to be had in the host's region */
export async function mustBeOffered(api: Api, host: HostWish, size: string): Promise<void> {
  const { region = '' } = host.droplet ?? {}
  const sizes = await api.list('/v2/sizes', sizePage)
  if (sizes.some((one) => one.slug === size && one.available && one.regions.includes(region))) return
  throw new Fault(`DigitalOcean has no ${size} in ${region} now; ${host.name} is as it was.`, {
    because: 'it is not in their list of sizes for that region',
    try: await offer(api, host.name, region, size),
  })
}

async function offer(api: Api, host: string, region: string, size: string): Promise<string> {
  const [sizes, regions] = await Promise.all([api.list('/v2/sizes', sizePage), api.list('/v2/regions', regionPage)])
  const open = regions.filter(({ available }) => available).map(({ slug }) => slug)
  if (!open.includes(region)) return `write another region at ${host}: ${open.join(', ')}`
  const here = sizes.filter(({ available, regions: at }) => available && at.includes(region)).map(({ slug }) => slug)
  const elsewhere = sizes.find(({ slug }) => slug === size)?.regions ?? []
  if (here.includes(size))
    return `correct what it names, at ${host} in the inventory; the same command goes on where this stopped`
  return [
    `write another size at ${host}; in ${region} there are ${here.slice(0, 30).join(', ')}`,
    ...(elsewhere.length
      ? [`or another region; ${size} is in ${elsewhere.join(', ')}`]
      : [`${size} is no size that is offered`]),
  ].join('\n')
}
