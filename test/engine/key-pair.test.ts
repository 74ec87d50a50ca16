import { expect, test } from 'vitest'
import { publicHalf } from '../../src/engine/host-certificate.ts'
import { newKeyPair } from '../../src/engine/key-pair.ts'

// One pair of 256 cannot be written by ssh2: of so many, some would be such.
test('each of 2000 pairs can be read', () => {
  for (let count = 0; count < 2000; count++) {
    const pair = newKeyPair('a key')
    expect(pair.public).toBe(`${publicHalf(pair.private)} a key`)
  }
})
