#!/usr/bin/env node
// The built entry, without tsx: the fast way for those who installed the package.
const { main } = await import('../dist/cli.mjs')
await main(process.argv)
