import { basename } from 'node:path'

/**
 * Bundles these entries ({ name: source }) as `name.mjs` into a folder of the checkout, with what they share in chunks
 * of their own.
 * Gives which packages went into each file; undefined: esbuild is not installed.
 */
export async function bundle(entryPoints, outdir = 'dist') {
  const { build } = await import('esbuild').catch(() => ({}))
  if (!build) return undefined
  const { metafile } = await build({
    metafile: true,
    entryPoints,
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Native, or large and loaded only when it is needed.
    external: ['ssh2', 'zx', '@pulumi/*'],
    mainFields: ['module', 'main'],
    // CommonJS packages inside the bundle still ask for these.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); import { fileURLToPath as __path } from 'node:url'; const __filename = __path(import.meta.url), __dirname = __path(new URL('.', import.meta.url));",
    },
    logLevel: 'warning',
  })
  const packages = ({ inputs }) =>
    [...new Set(Object.keys(inputs).map((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]))].filter(
      Boolean,
    )
  return Object.fromEntries(
    Object.entries(metafile.outputs).map(([file, output]) => [basename(file), packages(output)]),
  )
}
