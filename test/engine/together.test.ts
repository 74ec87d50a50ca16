import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Answer, readAnswer } from '../../src/engine/answer.ts'
import { questionOf } from '../../src/engine/plan.ts'
import { running, type Sh } from '../../src/engine/sh.ts'
import { gathered } from '../../src/engine/together.ts'
import { file } from '../../src/resources/file.ts'

const place = mkdtempSync(join(tmpdir(), 'groundwork-together-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

const made: Readonly<Record<string, (path: string) => void>> = {
  plain: (path) => writeFileSync(path, 'text\n'),
  empty: (path) => writeFileSync(path, ''),
  secret: (path) => {
    writeFileSync(path, 'hush')
    chmodSync(path, 0o600)
  },
  'a name with spaces': (path) => writeFileSync(path, 'a'),
  "o'clock $HOME `x`": (path) => writeFileSync(path, 'b'),
  'back\\slash': (path) => writeFileSync(path, 'c'),
  'two\nlines': (path) => writeFileSync(path, 'd'),
  '-n': (path) => writeFileSync(path, 'e'),
  missing: () => undefined,
  'missing too': () => undefined,
  directory: (path) => mkdirSync(path),
  'link to a file': (path) => symlinkSync(join(place, 'plain'), path),
  'dead link': (path) => symlinkSync('/nowhere', path),
}
for (const [name, make] of Object.entries(made)) make(join(place, name))

const questionAbout = (name: string): Sh => {
  const { mode } = file(join(place, name), { content: '' }).actual
  if (!mode) throw new Error('a file has no mode')
  return questionOf(mode) as Sh
}
const answered = (shell: readonly string[], text: string): Answer => {
  const [program = '', ...words] = shell
  const { status, stdout, stderr } = spawnSync(program, [...words, '-s'], { input: text, encoding: 'utf8' })
  return readAnswer(status ?? 1, stdout, stderr)
}

describe.each([
  ['dash', ['dash']],
  ['bash', ['bash', '--posix']],
  ['busybox', ['busybox', 'sh']],
])('asked together by %s', (_name, shell) => {
  const questions = Object.keys(made).map(questionAbout)
  const askings = gathered(questions.map((one) => ({ text: running(one), together: one.together })))

  test('all files are one text', () => expect(askings.length).toBe(1))

  test('each file is told what it is told alone; what is no regular file is asked alone', () => {
    const [asking] = askings
    const together = asking?.tell(answered(shell, asking.text)) ?? []
    expect(together.length).toBe(questions.length)
    for (const [index, name] of Object.keys(made).entries()) {
      const alone = answered(shell, running(questions[index] as Sh))
      if (alone.kind === 'unknown') expect(together[index], name).toBeUndefined()
      else expect(together[index], name).toEqual(alone)
    }
    expect(together.filter((one) => one === undefined).length).toBe(3)
  })
})

test('where the one command fails, or says too little, each is asked alone', () => {
  const questions = ['plain', 'empty'].map(questionAbout)
  const [asking] = gathered(questions.map((one) => ({ text: running(one), together: one.together })))
  expect(asking?.tell({ kind: 'unknown', because: 'stat failed' })).toEqual([])
  expect(asking?.tell({ kind: 'text', text: 'file\nfile\n\n644 root:root' })).toEqual([])
})

test('one of a kind is asked as it is', () => {
  const one = questionAbout('plain')
  expect(gathered([{ text: running(one), together: one.together }]).map(({ text }) => text)).toEqual([running(one)])
})
