import { claim, claims, onMachine, release } from '../../../src/provision/nspawn/machine.ts'
import { bridgeName, hostId } from '../../../src/provision/nspawn/names.ts'
import { routedHere } from '../../../src/provision/nspawn/network.ts'
import { prerequisites } from '../../../src/provision/nspawn/prerequisites.ts'
import { allRecords } from '../../../src/provision/nspawn/record.ts'
import { addressIn, freeSubnet } from '../../../src/provision/nspawn/subnet.ts'

/** Whose machines these are, for `sandbox list` and `sandbox down --all`. */
export const ORG = 'droplets'
const GATEWAY = 'gateway'

/** The network that all machines of a stand-in are in. */
export interface Network {
  readonly bridge: string
  readonly subnet: string
  /** This machine's own address in it. */
  readonly gateway: string
}

/** Makes it, before there is any machine, with what this one needs for that. */
export const openNetwork = (): Promise<Network> =>
  onMachine(async () => {
    await prerequisites((event) => event.event === 'note' && console.log(event.text))
    const promised = [...(await allRecords()), ...(await claims())].map(({ subnet }) => subnet)
    const subnet = freeSubnet([...(await routedHere()), ...promised])
    const bridge = bridgeName(ORG)
    await claim({ id: hostId(ORG, GATEWAY), bridge, subnet, org: ORG, host: GATEWAY }, () => undefined)
    return { bridge, subnet, gateway: addressIn(subnet, 1) }
  })

/** Takes it away. */
export const closeNetwork = (): Promise<void> => onMachine(() => release(hostId(ORG, GATEWAY)))
