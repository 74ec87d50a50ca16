import { execFileSync } from 'node:child_process'
import {
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Probe, Resource } from '../../src/engine/resource.ts'
import { running, type Sh } from '../../src/engine/sh.ts'
import { blockVolume, volumeDirectory } from '../../src/resources/block-volume.ts'
import { type Sandbox, sandbox } from '../lab/sandbox.ts'

// A loop device of this machine stands for the volume: it is a block device like any other to the host.
const ORG = 'disked'
const DEVICE = '/dev/groundwork-volume'
const AT = '/mnt/data'
const VOLUME = blockVolume({ name: 'data', device: DEVICE, at: AT })
const FOLDER = volumeDirectory(AT, 'postgres', '999:999', '700')
const MIB = 2 ** 20

const folder = mkdtempSync(join(tmpdir(), 'block-volume-'))
const image = join(folder, 'image')
let loop = ''
let box: Sandbox
const here = (program: string, ...words: string[]) => execFileSync(program, words, { encoding: 'utf8' }).trim()
// What a program of it would read from stdin is not the rest of the text.
const bee = (text: string) => box.sh('bee', `{ ${text}\n} </dev/null`)

beforeAll(async () => {
  box = sandbox(
    ORG,
    `organization: ${ORG}
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: bee, provider: sandbox, labels: { role: storage } }]
`,
  )
  await box.upTo('ready')
  await bee('apt-get update >/dev/null && apt-get install -y e2fsprogs >/dev/null 2>&1')
  fresh(256)
  await attach()
})
afterAll(async () => {
  await bee(`while mountpoint -q ${AT}; do umount -l ${AT}; done; chattr -i ${AT} || true; rm -f ${DEVICE}`).catch(
    () => '',
  )
  if (loop) here('losetup', '--detach', loop)
  rmSync(folder, { recursive: true })
  await box.down()
})

const attach = () => bee(`mknod ${DEVICE} b 7 ${loop.replace(/\D/g, '')}`)
const isAllowed = () =>
  (BigInt(`0x${/^CapBnd:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]}`) >> 24n) % 2n === 1n

/** Another device of so many MiB, at the same place. */
function fresh(sizeMiB: number): void {
  if (loop) here('losetup', '--detach', loop)
  rmSync(image, { force: true })
  writeFileSync(image, '')
  truncateSync(image, sizeMiB * MIB)
  loop = here('losetup', '--show', loop || '--find', image)
}

function write(at: number, bytes: readonly number[]): void {
  const device = openSync(loop, 'r+')
  writeSync(device, Uint8Array.from(bytes), 0, bytes.length, at)
  fsyncSync(device)
  closeSync(device)
}

test('an empty volume is formatted once, mounted by its UUID, and its mount point is closed', async () => {
  expect(await actual(VOLUME)).toEqual(nothing(VOLUME))
  expect(await actual(FOLDER)).toEqual(nothing(FOLDER))
  await fix(VOLUME)
  await fix(FOLDER)
  expect(await actual(VOLUME)).toEqual(VOLUME.desired)
  expect(await actual(FOLDER)).toEqual(FOLDER.desired)
  expect(await bee('cat /etc/fstab')).toMatch(/^UUID=\S+ \/mnt\/data ext4 nofail,discard,\S+ 0 2$/m)
  await bee(`echo kept > ${AT}/postgres/file`)

  // Again, all of it: the data stays.
  await fix(VOLUME)
  await fix(FOLDER)
  expect(await bee(`cat ${AT}/postgres/file`)).toBe('kept\n')
  expect(await actual(VOLUME)).toEqual(VOLUME.desired)
})

test('while it is not mounted nothing can be written there, not by root either; then it is mounted again', async () => {
  await bee(`umount ${AT}`)
  expect(await bee(`mkdir ${AT}/postgres 2>&1 || echo refused`)).toContain('refused')
  await expect(fix(FOLDER)).rejects.toThrow('is not mounted; nothing is written there')
  expect(await actual(VOLUME)).toEqual({ ...VOLUME.desired, mounted: undefined })
  await fix(VOLUME)
  expect(await bee(`cat ${AT}/postgres/file`)).toBe('kept\n')
})

test('what was changed by hand is seen and mended', async () => {
  await bee(`sed -i '\\|${AT}|s/nofail,//' /etc/fstab; chown 0:0 ${AT}/postgres; chmod 755 ${AT}/postgres
unshare --mount sh -c 'umount -l ${AT}; chattr -i ${AT}'`)
  expect(await actual(VOLUME)).toMatchObject({
    '/etc/fstab': expect.not.stringContaining('nofail'),
    'mount point': 'open',
  })
  expect(await actual(FOLDER)).toEqual({ owner: '0:0', mode: '755' })
  await fix(VOLUME)
  await fix(FOLDER)
  expect(await actual(VOLUME)).toEqual(VOLUME.desired)
  expect(await actual(FOLDER)).toEqual(FOLDER.desired)
  expect((await bee(`grep -c ${AT} /etc/fstab`)).trim()).toBe('1')
})

test('a volume that has grown is used whole', async () => {
  truncateSync(image, 600 * MIB)
  here('losetup', '--set-capacity', loop)
  expect(await actual(VOLUME)).toEqual({ ...VOLUME.desired, size: '256 of 600 MiB' })
  // Growing what is mounted needs CAP_SYS_RESOURCE, which a container of a machine may not have.
  if (isAllowed()) await fix(VOLUME)
  else {
    await expect(fix(VOLUME)).rejects.toThrow('Permission denied to resize filesystem')
    await bee(`umount ${AT}; e2fsck -fy ${DEVICE} >/dev/null 2>&1 || true; resize2fs ${DEVICE} 2>/dev/null`)
    await fix(VOLUME)
  }
  expect(await actual(VOLUME)).toEqual(VOLUME.desired)
  expect(await bee(`cat ${AT}/postgres/file`)).toBe('kept\n')
})

test('a volume that is not there is waited for, and told', async () => {
  await bee(`umount ${AT}; rm ${DEVICE}`)
  expect(await actual(VOLUME)).toEqual(nothing(VOLUME))
  const fixed = fix(VOLUME)
  setTimeout(() => void attach(), 2000)
  await fixed
  expect(await bee(`cat ${AT}/postgres/file`)).toBe('kept\n')
})

test.for<readonly [string, () => unknown, string]>([
  ['another filesystem', () => here('mkfs.ext2', '-q', '-F', loop), 'TYPE=ext2'],
  [
    'a partition table',
    () => write(446, [0, 0, 0, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, ...Array(48).fill(0), 0x55, 0xaa]),
    'PTTYPE=dos',
  ],
  ['swap', () => here('mkswap', '-q', loop), 'TYPE=swap'],
  ['bytes that nobody knows', () => write(70_000, [1]), 'it is not empty either'],
])('%s stays as it is', async ([_, make, told]) => {
  await taken()
  make()
  const before = here('sha256sum', image)
  await expect(fix(VOLUME)).rejects.toThrow(told)
  expect(here('sha256sum', image)).toBe(before)
})

test('a run that was cut off while it formatted is finished by the next', async () => {
  await taken()
  write(70_000, [1])
  await bee('mkdir -p /var/lib/groundwork; : > /var/lib/groundwork/formatting-data')
  await fix(VOLUME)
  expect(await actual(VOLUME)).toEqual(VOLUME.desired)
  expect(await bee('ls /var/lib/groundwork')).not.toContain('formatting')
})

// Unmounted, and an empty one in its place.
async function taken(): Promise<void> {
  await bee(`while mountpoint -q ${AT}; do umount ${AT}; done; sed -i '\\|${AT}|d' /etc/fstab`)
  fresh(64)
}

const nothing = ({ desired }: Resource) => Object.fromEntries(Object.keys(desired).map((key) => [key, undefined]))

/** What the resource's own questions say. */
async function actual({ actual: probes }: Resource): Promise<Readonly<Record<string, string | undefined>>> {
  const answers = new Map<string, string | undefined>()
  const ask = async (text: string) => {
    const said = answers.has(text) ? answers.get(text) : await bee(`( ${text}\n) || [ $? = 44 ]`)
    answers.set(text, said)
    return said
  }
  const one = async (probe: Probe) => {
    if (typeof probe !== 'object' || !('ask' in probe)) throw new TypeError('a question of its own')
    const said = await ask(running(probe.ask as Sh))
    return said ? probe.read(said.trimEnd()) : undefined
  }
  const entries = []
  for (const [key, probe] of Object.entries(probes)) entries.push([key, await one(probe)])
  return Object.fromEntries(entries)
}

/** Does what the resource's own fix says, for the keys that differ. */
async function fix(resource: Resource): Promise<void> {
  const is = await actual(resource)
  const differ = Object.entries(resource.desired).filter(([key, to]) => is[key] !== to)
  const changes = Object.fromEntries(differ.map(([key, to]) => [key, { from: is[key], to }]))
  await bee(`set -e\n${running(resource.fix(changes) as Sh)}`)
}
