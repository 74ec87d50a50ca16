import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { answersSsh } from '../../src/provision/nspawn/banner.ts'
import { wholeTest } from '../faults/chance.ts'
import type { Volume } from '../lab/digitalocean/volumes.ts'
import { type OnDroplets, onDroplets } from '../lab/on-droplets.ts'

// A volume of the provider on a droplet that is a real host: a loop device of this machine, in the host's /dev as the provider's are.
// At a boot a container's systemd leaves devices of /etc/fstab alone; a unit of the stand-in mounts them by the same lines (disk.ts).
vi.setConfig({ testTimeout: 600_000 })

const AT = '/mnt/data'
const HOST = `name: one, role: manager, labels: { role: storage }, volumes: [{ name: data, sizeGiB: 1, at: ${AT}, directories: [{ path: postgres, owner: "999:999", mode: "0700" }] }]`

let club: OnDroplets
beforeAll(async () => {
  club = await onDroplets('stored', [HOST])
})
afterAll(() => club?.down())

const sh = (text: string) => club.sh('one', text)
const volume = (): Volume => {
  const [one, ...more] = club.at.account.volumes.values()
  if (!one || more.length) throw new Error('not one volume')
  return one
}
const inSync = async () => {
  const { exit, out, err } = await club.runFew()
  expect(exit, out + err).toBe(0)
  expect(out).toMatch(/\d+ resources in sync/)
  expect(club.at.calls.filter((call) => !call.startsWith('GET '))).toEqual([])
}
const isMounted = async () => {
  expect(await sh(`findmnt --noheadings --output SOURCE,FSTYPE ${AT}`)).toMatch(/^\/dev\/sda\s+ext4$/m)
  expect(await sh(`stat --format '%u:%g %a' ${AT}/postgres`)).toBe('999:999 700\n')
}

test('one command: the droplet, its volume, a filesystem, mounted by its UUID, with its folder; then in sync', async () => {
  const { exit, out, err } = await club.runFew()
  expect(exit, out + err).toBe(0)
  expect(volume()).toMatchObject({ name: 'data', sizeGiB: 1, droplet: [...club.at.account.droplets.keys()][0] })
  const uuid = (await sh('blkid --probe --match-tag UUID --output value /dev/disk/by-id/scsi-0DO_Volume_data')).trim()
  expect(await sh(`grep ${AT} /etc/fstab`)).toMatch(new RegExp(`^UUID=${uuid} ${AT} ext4 nofail,`))
  await isMounted()
  await sh(`echo kept > ${AT}/postgres/file`)
  await inSync()
})

wholeTest('after a restart it is mounted, with what is on it, and nothing is left to do', async () => {
  await power('shutdown')
  await power('power_on')
  await isMounted()
  expect(await sh(`cat ${AT}/postgres/file`)).toBe('kept\n')
  await inSync()
})

wholeTest(
  'without it the host boots, nothing can be written in its place, and the command brings it back',
  async () => {
    const { id } = volume()
    await power('shutdown')
    await act(`volumes/${id}`, { type: 'detach', droplet_id: volume().droplet, region: 'fra1' })
    await power('power_on')
    expect(await sh(`mountpoint -q ${AT} || echo not mounted`)).toBe('not mounted\n')
    expect(await sh(`mkdir ${AT}/postgres 2>&1 || true`)).toContain('Operation not permitted')
    const plan = await club.runFew('--plan')
    expect(plan.exit, plan.out + plan.err).toBe(2)
    expect(plan.out).toContain('attached to')

    const { exit, out, err } = await club.runFew()
    expect(exit, out + err).toBe(0)
    expect(volume().id).toBe(id)
    await isMounted()
    expect(await sh(`cat ${AT}/postgres/file`)).toBe('kept\n')
    await inSync()
  },
)

wholeTest('one that is attached and that the host does not see is told, and healed once it does', async () => {
  await power('shutdown')
  const { droplet = 0, name, id, sizeGiB } = volume()
  const { machines } = club.at.account
  await machines?.detach(droplet, name)
  await power('power_on')
  expect(await sh(`touch ${AT}/file 2>&1 || true`)).toContain('Operation not permitted')
  const { exit, out, err } = await club.runFew()
  expect(exit).toBe(1)
  expect(out + err).toContain(
    'the volume data is attached, and the host does not see it at /dev/disk/by-id/scsi-0DO_Volume_data. Restart the host',
  )
  await machines?.attach(droplet, name, machines.volume(id, sizeGiB))
  const then = await club.runFew()
  expect(then.exit, then.out + then.err).toBe(0)
  await isMounted()
  expect(await sh(`cat ${AT}/postgres/file`)).toBe('kept\n')
  await inSync()
})

const power = async (type: 'shutdown' | 'power_on') => {
  await act(`droplets/${[...club.at.account.droplets.keys()][0]}`, { type })
  if (type === 'power_on') await vi.waitUntil(() => answersSsh(club.address('one'), 22), 60_000)
}

/** What somebody does at the provider, until it is done. */
async function act(what: string, body: object): Promise<void> {
  const headers = { authorization: `Bearer ${club.at.token}`, 'content-type': 'application/json' }
  const url = `${club.at.url}/v2/${what}/actions`
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  expect(answer.ok).toBe(true)
  const { action } = (await answer.json()) as { readonly action: { readonly id: number } }
  await vi.waitUntil(() => club.at.account.actions.get(action.id)?.status === 'completed', 60_000)
}
