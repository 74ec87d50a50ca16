import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { accountOf } from '../../../src/provision/digitalocean/account.ts'
import { before } from '../../../src/provision/pulumi/calls.ts'
import { startDigitalOcean } from '../../lab/digitalocean/server.ts'
import { list, org as read } from './own.ts'

// The program that has the network runs behind the calls, and a cluster stays in the network that it was made in.
test('a cluster that is made before Pulumi begins is in the network of the inventory, and closed', async () => {
  const at = await startDigitalOcean()
  const state = mkdtempSync(join(tmpdir(), 'calls-'))
  Object.assign(process.env, { DIGITALOCEAN_API_URL: at.url, DO_TOKEN: at.token, XDG_STATE_HOME: state })
  const { signal } = new AbortController()
  if (!read.digitalocean) throw new Error('the inventory has an account')
  const org = { ...read, digitalocean: { ...read.digitalocean, spaces: undefined } }
  const account = await accountOf(org, org.digitalocean.token, signal, () => undefined)
  const meant = list.filter(({ kind }) => kind === 'database-cluster' || kind === 'vpc')
  await before(meant, { org, account, signal })
  const [cluster] = [...at.account.clusters.values()]
  expect([...at.account.vpcs.values()]).toMatchObject([{ id: cluster?.vpc, name: 'groundwork-mle-nyc3' }])
  expect(cluster?.rules).toMatchObject([{ type: 'tag', value: 'groundwork:mle' }])
  at.close()
  rmSync(state, { recursive: true })
})
