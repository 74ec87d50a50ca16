import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { platformRoot, readPlatform } from '../../src/stacks/platform.ts'
import { preparedPlatform, preparePlatform } from '../../src/stacks/prepared.ts'

const place = mkdtempSync(join(tmpdir(), 'groundwork-prepared-'))
const [root, built] = [join(place, 'platforms'), join(place, 'built')]
cpSync(platformRoot(), root, { recursive: true })
afterAll(() => rmSync(place, { recursive: true, force: true }))
const prepared = () => preparedPlatform(join(root, 'demo'), built)

test('what the build has prepared is what reading the folder says', () => {
  expect(prepared()).toBeUndefined()
  preparePlatform(readPlatform('demo', root), built)
  expect(prepared()).toEqual(readPlatform('demo', root))
})

test('a folder without a file that it names is read again, and told', () => {
  rmSync(join(root, 'demo', 'config', 'ingress.cfg'))
  expect(prepared()).toBeUndefined()
  cpSync(join(platformRoot(), 'demo', 'config'), join(root, 'demo', 'config'), { recursive: true })
  expect(prepared()).toBeDefined()
})

test('a folder with another letter is read again', () => {
  appendFileSync(join(root, 'demo', 'data.yaml'), '#')
  expect(prepared()).toBeUndefined()
})

test('a folder that is gone was not prepared', () => {
  rmSync(join(root, 'demo'), { recursive: true })
  expect(prepared()).toBeUndefined()
})
