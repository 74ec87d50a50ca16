// As bootstrap.ts does where the built entry is current.
// @ts-expect-error built by bench/peers.ts
await import('../../dist-bench/bench.mjs')
