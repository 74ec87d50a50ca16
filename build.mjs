// Builds the entry that starts in a tenth of the time: npm runs this as `prepare`.
import { rmSync, writeFileSync } from 'node:fs'
import { bundle } from './bundle.mjs'

rmSync('dist', { recursive: true, force: true })
const packages = await bundle({
  cli: 'src/cli.ts',
  prepare: 'src/stacks/prepare.ts',
  pulumi: 'src/provision/pulumi/engine.ts',
})
if (packages) {
  // What start-up may load is held against this by test/laws/start-up.test.ts.
  writeFileSync('dist/packages.json', JSON.stringify(packages, null, 2))
  await import('./dist/prepare.mjs')
} else console.warn('esbuild is not installed: no dist/; `npx tsx bootstrap.ts` works without it.')
