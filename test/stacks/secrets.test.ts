import { expect, test } from 'vitest'
import { secret } from '../../src/engine/secret.ts'
import { generatedSecret, keyedName } from '../../src/stacks/secrets.ts'

const key = secret(Buffer.alloc(32, 7).toString('base64url'))
const other = secret(Buffer.alloc(32, 8).toString('base64url'))
const value = generatedSecret(key, 'password', 1, 24)

// Pinned: another value here would lock every existing database.
test('a generated secret never changes', () => expect(value.reveal()).toBe('dDzZtlXuu8HEFx37q1x6OF3ctaQZS5zd'))

test.each([
  ['its length', generatedSecret(key, 'password', 1, 32)],
  ['its version', generatedSecret(key, 'password', 2, 24)],
  ['its name', generatedSecret(key, 'passwords', 1, 24)],
  ['the key', generatedSecret(other, 'password', 1, 24)],
])('it differs by %s', (_, different) => expect(different.reveal()).not.toBe(value.reveal()))

test('24 bytes are 32 letters', () => expect(value.reveal()).toMatch(/^[\w-]{32}$/))

test('the name shows nothing of the value without the key', () => {
  expect(keyedName(key, 'password', value)).toMatch(/^password-[0-9a-f]{12}$/)
  expect(keyedName(key, 'password', value)).not.toBe(keyedName(other, 'password', value))
  expect(keyedName(key, 'password', value)).not.toBe(keyedName(key, 'password', secret('x')))
})
