import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { run } from '../../../src/provision/nspawn/run.ts'
import type { Network } from './network.ts'

/** What a droplet can ask about itself. */
export interface Told {
  readonly id: number
  readonly name: string
  readonly region: string
  readonly userData: string
  readonly publicKeys: readonly string[]
  readonly address: string
}

/**
 * Answers at 169.254.169.254 whatever comes over this network, and tells each machine, known by its address, of itself:
 * https://docs.digitalocean.com/reference/api/metadata/
 */
export async function metadataAt(
  { bridge, gateway }: Network,
  whose: (address: string) => Told | undefined,
): Promise<{ readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const told = whose((request.socket.remoteAddress ?? '').replace('::ffff:', ''))
    const text = told && answer(told, request.url ?? '/')
    response.statusCode = text === undefined ? 404 : 200
    response.end(text ?? 'not found\n')
  })
  await new Promise<void>((ready) => server.listen(0, gateway, ready))
  const { port } = server.address() as AddressInfo
  const table = `groundwork_metadata_${bridge.replace(/\W/g, '_')}`
  const input = `table ip ${table} {
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    iifname "${bridge}" ip daddr 169.254.169.254 tcp dport 80 dnat to ${gateway}:${port}
  }
}
`
  await run('nft', ['--file', '-'], { input })
  return {
    close: async () => {
      server.close()
      server.closeAllConnections()
      await run('nft', ['delete', 'table', 'ip', table])
    },
  }
}

function answer({ id, name, region, userData, publicKeys, address }: Told, path: string): string | undefined {
  const texts: Readonly<Record<string, string>> = {
    '/metadata/v1/id': String(id),
    '/metadata/v1/hostname': name,
    '/metadata/v1/region': region,
    '/metadata/v1/user-data': userData,
    '/metadata/v1/public-keys': publicKeys.join('\n'),
    '/metadata/v1/interfaces/public/0/ipv4/address': address,
    '/metadata/v1.json': JSON.stringify({
      droplet_id: id,
      hostname: name,
      region,
      user_data: userData,
      public_keys: publicKeys,
    }),
  }
  return texts[path]
}
