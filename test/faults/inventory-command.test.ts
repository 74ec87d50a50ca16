import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { base } from '../inventory/broken/base.ts'

const WATCH = join(import.meta.dirname, '..', 'lab', 'watch.cjs')
const directory = mkdtempSync(join(tmpdir(), 'nasty-'))
const at = (name: string) => join(directory, name)
afterAll(() => rmSync(directory, { recursive: true }))

const of = (find: string, put: string) => base.replace(find, () => put)
const ESCAPES = '\u001b]0;owned\u0007\u001b[2J\u009b31m'

mkdirSync(at('folder'))
symlinkSync('loop', at('loop'))
symlinkSync('/dev/zero', at('zero'))
symlinkSync('/dev/zero', at('zero.yaml'))
symlinkSync('pipe', at('pipe.yaml'))
spawnSync('mkfifo', [at('pipe')])
writeFileSync(at('huge'), '')
truncateSync(at('huge'), 8 * 2 ** 30)

/** What a file holds, or undefined where something else than a file stands there already; and a word of what is said. */
const nasty: readonly (readonly [string, string | Uint8Array | undefined, string])[] = [
  ['folder', undefined, 'it is a folder'],
  ['loop', undefined, 'a link that leads back'],
  ['zero', undefined, 'a pipe or a device'],
  ['pipe', undefined, 'a pipe or a device'],
  ['huge', undefined, 'larger than 1 MiB'],
  ['none', undefined, 'no such file'],
  [`${ESCAPES}.yaml`, undefined, 'no such file'],
  ['-oProxyCommand=id', undefined, 'no such file'],
  ['$(touch owned)', '', 'is empty'],
  ['empty', '', 'is empty'],
  ['bytes', Uint8Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256), 'is no text'],
  ['nul', '\0'.repeat(100_000), 'cannot be seen'],
  ['utf16', Buffer.from(base, 'utf16le'), 'is UTF-16'],
  ['brackets', '['.repeat(1_000_000), 'nested deeper'],
  [
    'aliases',
    `a: &a [x]\n${Array.from({ length: 9 }, (_, index) => `b${index}: [*a, *a, *a]\n`).join('')}`,
    'is an alias',
  ],
  ['script', of('demo', '!!js/function "function () { process.exit(7) }"'), 'has a tag'],
  ['escapes', of('platform: demo', `platform: "${ESCAPES}"`), 'cannot be seen'],
  ['option', of('mle-2.example.org', '-oProxyCommand=touch${IFS}owned'), 'may not begin with a dash'],
  ['shell', of('mle-2.example.org', '"$(touch owned)`touch owned`;touch owned"'), 'a name, an IP address'],
  ['up', of('organization: mle', 'organization: ../../etc'), 'small letters'],
  ['over', of('platform: demo', 'base: ./zero.yaml'), 'leads out of this folder'],
  ['through', of('platform: demo', 'base: ./pipe.yaml'), 'a pipe or a device'],
  ['hours', of('Europe/Berlin', `A${'-A'.repeat(60)}!`), 'tz database'],
  ['many', `hosts:\n${'- {}\n'.repeat(3900)}`, 'and 11654 more'],
]

test.each(nasty)('the command on %j: exit 64, whole sentences, nothing started', (name, content, says) => {
  const file = name.startsWith('-') ? name : at(name)
  if (content !== undefined) writeFileSync(file, content)
  const watched = at('watched')
  rmSync(watched, { force: true })
  const command = ['--require', WATCH, 'bin/groundwork.mjs', '--plan', `--inventory=${file}`]
  const { status, stdout, stderr, signal } = spawnSync('node', command, {
    env: { ...process.env, WATCHED: watched, XDG_STATE_HOME: at('state'), FORCE_COLOR: undefined, NO_COLOR: '1' },
    encoding: 'utf8',
    timeout: 30_000,
  })
  expect({ status, signal, stdout }, stderr).toEqual({ status: 64, signal: null, stdout: '' })
  expect(stderr).toContain(says)
  expect(stderr).not.toMatch(/bug in groundwork|\n {4}at |node:internal/)
  // Nothing of the file writes on the terminal.
  expect(stderr.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  expect(stderr.length).toBeLessThan(20_000)
  const started = readFileSync(watched, 'utf8')
  // Of the processor, all threads, the watcher's too: on a busy machine the clock says nothing about the command. 11,700 faults
  // take 1.7 s, and everything else a third of that.
  expect(Number(/^seconds (.*)$/m.exec(started)?.[1])).toBeLessThan(name === 'many' ? 3 : 1)
  expect(started).not.toMatch(/^(connected|started) /m)
  expect(started).not.toMatch(/\/ssh2\//)
  expect(existsSync(at('state'))).toBe(false)
  expect(existsSync('owned')).toBe(false)
})
