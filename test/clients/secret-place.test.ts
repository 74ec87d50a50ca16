import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { secretFrom } from '../../src/clients/secret-place.ts'

const folder = mkdtempSync(join(tmpdir(), 'place-'))
const file = join(folder, 'key')
const words = { what: 'auth key', at: 'tailscale.authKey', made: 'https://example.org/keys' }
const nowhere = { env: undefined, file: undefined, command: undefined }
beforeAll(() => writeFileSync(file, 'from-the-file\n'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['a variable', { env: 'GROUNDWORK_TEST_KEY' }, 'from-the-variable'],
  ['a file', { file }, 'from-the-file'],
  ['a command', { command: `cat ${file} | tr a-z A-Z` }, 'FROM-THE-FILE'],
  ['the first that has one', { env: 'GROUNDWORK_NO_SUCH', file: '/nonexistent', command: 'echo 12345678' }, '12345678'],
])('a secret comes from %s', async (_, place, value) => {
  process.env.GROUNDWORK_TEST_KEY = 'from-the-variable'
  expect((await secretFrom({ ...nowhere, ...place }, words)).reveal()).toBe(value)
})

test.each([
  [{ env: 'GROUNDWORK_NO_SUCH' }, 'the variable GROUNDWORK_NO_SUCH is not set', 'export GROUNDWORK_NO_SUCH=…'],
  [{ file: '/nonexistent' }, 'the file /nonexistent is not there', 'put one there'],
  [{ command: 'echo hunter2 >&2; exit 3' }, 'the command failed (exit 3)', 'https://example.org/keys'],
  [{ command: 'echo two words here' }, 'the command has something that cannot be one', 'put one there'],
])('%o is told, and nothing of a secret', async (place, because, remedy) => {
  const fault = await secretFrom({ ...nowhere, ...place }, words).catch((error: unknown) => error)
  expect(fault).toMatchObject({ exit: 64, at: 'tailscale.authKey', because, try: expect.stringContaining(remedy) })
  expect(JSON.stringify(fault)).not.toMatch(/hunter2|two words/)
})
