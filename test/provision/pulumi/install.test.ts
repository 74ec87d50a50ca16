import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { PROVIDER, PULUMI } from '../../../src/provision/pulumi/installed.ts'
import { programs } from '../../../src/provision/pulumi/programs.ts'
import { type Came, groundwork } from '../../lab/groundwork.ts'

// A mirror on this machine with the layout of the vendor's releases; what is in its archives only says a version.
const root = mkdtempSync(join(tmpdir(), 'pulumi-install-'))
afterAll(() => rmSync(root, { recursive: true }))
let folder = ''
let server: Server
let asked: string[] = []
let answer: (path: string, response: ServerResponse) => void
beforeEach(async () => {
  folder = mkdtempSync(join(root, 'run-'))
  asked = []
  answer = (path, response) => response.end(archives.get(path))
  server = createServer((request: IncomingMessage, response) => {
    asked.push(`${request.method} ${request.url}`)
    answer(request.url ?? '', response)
  })
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`)
    socket.end('HTTP/1.1 503 No\r\n\r\n')
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
})
afterEach(() => server.close())

const here = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const home = () => join(folder, 'groundwork', 'pulumi')
const install = (env: Readonly<Record<string, string>> = { PULUMI_RELEASES_URL: here() }): Promise<Came> =>
  groundwork(['pulumi', 'install'], { XDG_CACHE_HOME: folder, NO_PROXY: '', no_proxy: '', ...env })
/** What the way would find. */
const found = () => (existsSync(home()) ? readdirSync(home(), { recursive: true }).map(String).sort() : [])

const [cli, plugin] = programs()
if (!cli || !plugin) throw new Error('there are two programs')
const SHALL = ['bin', 'bin/pulumi', 'plugins', plugin.folder, join(plugin.folder, plugin.command)]

function archiveOf(inside: string, version: string): Buffer {
  const made = mkdtempSync(join(root, 'archive-'))
  const path = join(made, 'files', inside)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, `#!/bin/sh\necho ${version}\n`, { mode: 0o755 })
  const packed = spawnSync('tar', ['-czf', join(made, 'a.tar.gz'), '-C', join(made, 'files'), '.'])
  expect(packed.status).toBe(0)
  return readFileSync(join(made, 'a.tar.gz'))
}
const good = archiveOf('pulumi/pulumi', `v${PULUMI}`)
const archives = new Map([
  [`/${cli.archive}`, good],
  [`/${plugin.archive}`, archiveOf(plugin.command, PROVIDER)],
])

test('both come from a mirror into the cache, at the pinned versions; a second time nothing is fetched', async () => {
  const came = await install()
  expect(came.exit, came.out + came.err).toBe(0)
  expect(asked).toEqual([`GET /${cli.archive}`, `GET /${plugin.archive}`])
  expect(found()).toEqual(SHALL)
  asked = []
  const again = await install()
  expect(again.out).toContain(`pulumi ${PULUMI} is there`)
  expect(asked).toEqual([])
  writeFileSync(join(home(), 'bin', 'pulumi'), '#!/bin/sh\necho v3.999.0\n', { mode: 0o755 })
  const other = await install()
  expect(other.out).toContain(`pulumi 3.999.0 is there, and is replaced: groundwork is made for ${PULUMI}`)
  expect(asked).toEqual([`GET /${cli.archive}`])
})

test.each<readonly [string, (response: ServerResponse) => void, string]>([
  [
    'is cut off',
    (response) =>
      void response.writeHead(200, { 'content-length': 9999 }).write(good.subarray(0, 99), () => response.destroy()),
    'Pulumi was not installed',
  ],
  ['is half of it', (response) => void response.end(good.subarray(0, good.length / 2)), 'no whole pulumi'],
  ['is a page', (response) => void response.end('<html>'), 'no whole pulumi'],
  ['is not there', (response) => void response.writeHead(404).end(), 'status 404'],
  ['is another version', (response) => void response.end(archiveOf('pulumi/pulumi', 'v3.999.0')), 'it is 3.999.0'],
  ['is empty inside', (response) => void response.end(archiveOf('pulumi/other', 'v1.0.0')), 'does not run'],
])('what %s is not taken, not even a part of it; how it goes by hand is told', async (_, send, words) => {
  answer = (_path, response) => send(response)
  const came = await install()
  const text = came.out + came.err
  expect(came.exit, text).toBe(1)
  for (const word of [words, cli.archive, 'PULUMI_RELEASES_URL', `tar -xzf ARCHIVE -C ${join(home(), 'bin')}`, 'PATH'])
    expect(text).toContain(word)
  expect(found()).toEqual([])
  answer = (path, response) => response.end(archives.get(path))
  expect((await install()).exit).toBe(0)
  expect(found()).toEqual(SHALL)
})

test('a vendor out of reach is told; it is asked by the proxy of the environment, and never in clear', async () => {
  const { port } = server.address() as AddressInfo
  server.close()
  const gone = await install({ PULUMI_RELEASES_URL: `http://127.0.0.1:${port}` })
  expect(gone.exit).toBe(1)
  for (const word of ['Pulumi was not installed', 'ECONNREFUSED', 'https_proxy', 'by hand'])
    expect(gone.out + gone.err).toContain(word)
  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready))
  const refused = await install({ https_proxy: here(), HTTPS_PROXY: here() })
  expect(refused.exit).toBe(1)
  expect(asked).toEqual(['CONNECT get.pulumi.com:443'])
  const clear = await install({ PULUMI_RELEASES_URL: 'http://mirror.example.org' })
  expect(clear.exit).toBe(64)
  expect(found()).toEqual([])
})
