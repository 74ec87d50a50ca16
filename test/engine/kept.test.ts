import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Kept } from '../../src/engine/kept.ts'

const pieces = fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 20 }), { maxLength: 30 })

test('the ends are kept and the middle is counted, however the stream was cut', () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 40 }), (parts, limit) => {
      const kept = new Kept(limit)
      for (const part of parts) kept.push(Buffer.from(part))
      const whole = parts.join('')
      expect(kept.total).toBe(whole.length)
      expect(kept.text()).toBe(
        whole.length <= 2 * limit
          ? whole
          : `${whole.slice(0, limit)}\n… ${whole.length - 2 * limit} bytes left out …\n${whole.slice(-limit)}`,
      )
    }),
  )
})

test('a million pieces of one byte cost what is kept', () => {
  const kept = new Kept(1024 * 1024)
  const before = process.memoryUsage().rss
  const piece = Buffer.from('x')
  for (let count = 0; count < 2_200_000; count++) kept.push(piece)
  expect((process.memoryUsage().rss - before) / 1024 / 1024).toBeLessThan(64)
  expect(kept.text().length).toBeGreaterThan(2 * 1024 * 1024)
})
