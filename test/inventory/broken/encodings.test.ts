import { expect, test } from 'vitest'
import { inventoryFaults } from '../../../src/inventory/read.ts'
import { base } from './base.ts'

const utf8 = Buffer.from(base)
const latin1 = Buffer.from(base.replace('organization: mle', 'organization: mle # é'), 'latin1')
const littleEndian = Buffer.from(base, 'utf16le')
const bigEndian = Buffer.from(littleEndian).swap16()
const cutOff = Buffer.concat([utf8, Buffer.from('# é').subarray(0, 3)])
const overlong = Buffer.from(base.replace('mle\n', 'mle # xx\n')).fill(Buffer.of(0xc0, 0xaf), 19, 21)
const replacement = Buffer.from(base.replace('organization: mle', 'organization: mle # \ufffd'))

test.each([
  ['Latin-1', latin1, '1:21', 'is not UTF-8; write this character again'],
  ['UTF-16, little end first, marked', Buffer.concat([Buffer.of(0xff, 0xfe), littleEndian]), '1:1', 'is UTF-16'],
  ['UTF-16, big end first, marked', Buffer.concat([Buffer.of(0xfe, 0xff), bigEndian]), '1:1', 'is UTF-16'],
  ['UTF-16, little end first', littleEndian, '1:1', 'is UTF-16; save the file as UTF-8'],
  ['UTF-16, big end first', bigEndian, '1:1', 'is UTF-16; save the file as UTF-8'],
  ['a character cut off at the end', cutOff, '42:3', 'is not UTF-8'],
  ['a slash of two bytes', overlong, '1:20', 'is not UTF-8'],
  ['behind a real replacement character', Buffer.concat([replacement, Buffer.of(0x80)]), '42:1', 'is not UTF-8'],
  ['a compressed file', Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), '1:2', 'is no text'],
])('%s is told at its place, and the file is valid as UTF-8', (_, bytes, at, says) => {
  const [first] = inventoryFaults(bytes, 'mle.yaml')
  expect(`${first?.line}:${first?.column}`).toBe(at)
  expect(first?.message).toContain(says)
  expect(inventoryFaults(utf8, 'mle.yaml')).toEqual([])
})

test('a byte order mark of UTF-8, and a replacement character, change nothing', () => {
  expect(inventoryFaults(Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), utf8]), 'mle.yaml')).toEqual([])
  expect(inventoryFaults(replacement, 'mle.yaml')).toEqual([])
})

test('what else is wrong is told beside it', () => {
  const bytes = Buffer.from(base.replace('organization: mle', 'organization: MLÉ').replace('22 }', '0 }'), 'latin1')
  expect(inventoryFaults(bytes, 'mle.yaml').map(({ line, column }) => `${line}:${column}`)).toEqual(
    ['1:17', '1:15', '41:14'].sort(),
  )
})
