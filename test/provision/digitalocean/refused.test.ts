import { expect, test } from 'vitest'
import { withEverything } from './everything.ts'

// In the order of a first run. Two accounts, because the list of SSH keys is given ten times a minute.
const REFUSED = {
  beginning: [
    ['POST /v2/spaces/keys', 'Spaces key files-1'],
    ['POST /v2/vpcs', 'private network groundwork-mle-nyc3'],
    ['POST /v2/account/keys', 'SSH key of ana b8:b9:a8:96…'],
    ['POST /v2/tags', 'firewall groundwork-mle'],
    ['POST /v2/firewalls', 'firewall groundwork-mle'],
    ['POST /v2/droplets', 'droplet mle-1'],
    ['POST /v2/databases', 'database cluster main'],
    ['POST /v2/domains', 'DNS zone example.org'],
  ],
  end: [
    ['POST /v2/volumes', 'block volume data-1'],
    ['POST /v2/volumes/ID/actions', 'block volume data-1'],
    ['POST /v2/reserved_ips', 'reserved IP of mle-1'],
    ['POST /v2/domains/example.org/records', 'DNS name demo.example.org'],
    ['POST /v2/databases/ID/dbs', 'database sprocket in main'],
    ['POST /v2/databases/ID/users', 'database user sprocket in main'],
    ['POST /v2/projects', 'project Sprocket'],
    ['POST /v2/projects/ID/resources', 'project Sprocket'],
  ],
} as const

// A path is what an account was asked for; a person needs to know for which thing of the inventory.
test.concurrent.each(['beginning', 'end'] as const)(
  'what is refused at the %s of a run is told with its resource and its call, and the next goes on',
  {
    timeout: 120_000,
  },
  async (part) => {
    const one = await withEverything(1)
    for (const [call, resource] of REFUSED[part]) {
      let refused: string | undefined
      one.at.trouble = (made) => {
        if (refused !== undefined || made.replace(/\/(\d+|[0-9a-f-]{36})(?=\/|$)/g, '/ID') !== call) return undefined
        refused = made
        return { status: 422, message: 'not so' }
      }
      const came = await one.run()
      expect(came.exit, call).toBe(1)
      expect(came.out).toContain(`✗ operator › cloud › ${resource}`)
      expect(came.out).toContain(`because    ${refused}: status 422: not so`)
    }
    await one.done()
    one.spaces.close()
  },
)
