import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { template } from '../../src/resources/template.ts'

test('a value goes in as it is', () =>
  expect(template('etc/systemd/journald.conf.d/groundwork.conf', { journalMax: '5"0<M' })).toContain(
    'SystemMaxUse=5"0<M\n',
  ))

test.each([['two\nlines'], [undefined], [{}], ['\u2028']])(
  'a value that is no line of text is refused: %j',
  (journalMax) =>
    expect(() => template('etc/systemd/journald.conf.d/groundwork.conf', { journalMax })).toThrow('text of one line'),
)

test('a name that is not given is refused, with its place', () =>
  expect(() => template('etc/systemd/journald.conf.d/groundwork.conf')).toThrow(
    /groundwork\.conf\.ejs:\d+[\s\S]*journalMax/,
  ))

test('no template puts in a value unchecked', () => {
  const files = readdirSync('src/files', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ejs'))
  expect(files.length).toBeGreaterThan(5)
  for (const file of files) expect(readFileSync(join('src/files', file), 'utf8'), file).not.toContain('<%-')
})
