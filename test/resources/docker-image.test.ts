import { expect, test } from 'vitest'
import { sh } from '../../src/engine/sh.ts'
import { builtImage, carriedImages } from '../../src/resources/docker-image.ts'
import { host } from '../stacks/org.ts'
import { changesOf, fixOf } from './answers.ts'

const image = { name: 'groundwork/redis', tag: 't1' }
const built = builtImage(image, sh`BUILD`)
const here = 'is groundwork/redis:t1 sha256:aaaaaaaaaaaaaaaa\nbuilt groundwork/redis t1 sha256:aaaaaaaaaaaaaaaa'

test.each([
  ['as built', here, []],
  ['its containers too', `${here}\nruns groundwork/redis:t1 sha256:aaaaaaaaaaaaaaaa`, []],
  ['none', 'is groundwork/redis:t0 sha256:aaaa', ['image']],
  ['nothing written down', 'is groundwork/redis:t1 sha256:aaaa', ['image']],
  ['replaced', here.replace('aaaa\n', 'bbbb\n'), ['image']],
  ['an old container', `${here}\nruns groundwork/redis:t1 sha256:bb`, ['containers']],
  ['a container of another tag', `${here}\nruns groundwork/redis:t0 sha256:bb`, []],
])('%s', (_, answer, keys) => {
  const changes = changesOf(built, answer)
  expect(changes === 'in sync' ? [] : Object.keys(changes)).toEqual(keys)
})

test('a host that has no Docker yet', () => expect(fixOf(built, undefined)).toContain('BUILD'))

test('only what is missing is carried', () => {
  const two = carriedImages([image, { name: 'groundwork/app', tag: 't2' }], host('a', 'manager'), host('b', 'worker'))
  const fix = fixOf(two, here)
  expect(fix).toContain('groundwork/app:t2')
  expect(fix).not.toContain('redis')
})
