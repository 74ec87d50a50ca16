import { readFileSync, statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

// What a file of the build loads before its first line runs: the chunks that it imports, and what those import.
function loaded(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*"([^"]+)"/g)) {
    if (name.startsWith('.')) loaded(join(dirname(file), name), seen)
    else seen.add(name)
  }
  return seen
}

const packages = (files: ReadonlySet<string>) => [...files].filter((name) => !isBuiltin(name) && !name.endsWith('.mjs'))
const kilobytes = (files: ReadonlySet<string>) =>
  [...files].filter((name) => name.endsWith('.mjs')).reduce((sum, name) => sum + statSync(name).size, 0) / 1000

test('the command starts with its flags and nothing else', () => {
  const start = loaded('dist/cli.mjs')
  expect(packages(start)).toEqual([])
  expect(kilobytes(start)).toBeLessThan(20)
})

test('a run in sync loads what it needs: no prompts, no local shell, no HTTP', () => {
  const [, bootstrap = ''] = /import\("\.\/(bootstrap-[^"]+)"\)/.exec(readFileSync('dist/cli.mjs', 'utf8')) ?? []
  const run = loaded(join('dist', bootstrap))
  expect(packages(run)).toEqual(['ssh2'])
  expect(kilobytes(run)).toBeLessThan(550)
})
