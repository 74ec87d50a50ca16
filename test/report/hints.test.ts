import { expect, test } from 'vitest'
import { colours } from '../../src/report/colours.ts'
import { hintLines, hints } from '../../src/report/hints.ts'

const of = (...providers: readonly ('existing' | 'sandbox')[]) =>
  hints({
    file: 'my org.yaml',
    hosts: providers.map((provider, index) => ({ name: `bee-${index}`, provider })) as never,
  })

test('only what groundwork made can be taken away', () => {
  expect(of('existing').map(({ word }) => word)).toEqual(['again', 'look'])
  expect(of('existing', 'sandbox', 'sandbox').at(-1)).toEqual({
    word: 'take away',
    command: "npx tsx bootstrap.ts sandbox down bee-1 --inventory 'my org.yaml'",
    remark: 'and so: bee-2',
  })
})

test('a remark that does not fit stands below its command', () => {
  expect(hintLines(of('existing'), 60, colours(false))).toEqual([
    "again       npx tsx bootstrap.ts --inventory 'my org.yaml'",
    '            repairs drift; 2 s if none',
    "look        npx tsx bootstrap.ts --inventory 'my org.yaml' --plan",
  ])
})
