import { describe, expect, test } from 'vitest'
import { type Answer, readAnswer } from '../../src/engine/answer.ts'
import { judge } from '../../src/engine/plan.ts'
import { resource } from '../../src/engine/resource.ts'
import { secret } from '../../src/engine/secret.ts'
import { sh } from '../../src/engine/sh.ts'
import type { Host } from '../../src/inventory/org.ts'

describe('an answer', () => {
  test.each<[number, string, string, Answer]>([
    [0, 'active\n\n', '', { kind: 'text', text: 'active' }],
    [0, '', 'a warning', { kind: 'text', text: '' }],
    [44, 'noise', '', { kind: 'none' }],
    [1, '', 'Cannot connect\n', { kind: 'unknown', because: 'Cannot connect (exit 1)' }],
    [3, 'inactive\n', '', { kind: 'unknown', because: 'inactive (exit 3)' }],
    [127, '', '', { kind: 'unknown', because: 'the probe ended with exit 127' }],
  ])('exit %i, %j, %j', (exit, stdout, stderr, answer) => {
    expect(readAnswer(exit, stdout, stderr)).toEqual(answer)
  })
})

const zone = resource({
  name: 'time zone',
  desired: { link: 'UTC', password: secret('s3cret') },
  actual: { link: sh`readlink /etc/localtime`, password: { ask: sh`cat both`, read: (text) => text.split(',')[1] } },
  fix: () => sh`true`,
})

describe('a verdict', () => {
  const text = (value: string): Answer => ({ kind: 'text', text: value })
  test.each<[string, Answer, Answer, unknown]>([
    ['in sync', text('UTC'), text('x,s3cret'), {}],
    ['to change', text('CET'), text('x,s3cret'), { changes: { link: { from: 'CET', to: 'UTC' } } }],
    ['to change', { kind: 'none' }, text('x,s3cret'), { changes: { link: { from: undefined, to: 'UTC' } } }],
    ['to change', text('UTC'), text('x'), { changes: { password: { from: undefined } } }],
    ['unknown', { kind: 'unknown', because: 'daemon down' }, text('x,s3cret'), { because: 'daemon down' }],
  ])('%s', (verdict, link, both, more) => {
    const answers = (_host: Host, question: unknown) => (question === zone.actual.link ? link : both)
    expect(judge(zone, { name: 'bee' } as Host, answers)).toMatchObject({ verdict, ...(more as object) })
  })
})
