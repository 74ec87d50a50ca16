import { defineConfig } from 'vitest/config'

const needsHosts = { fileParallelism: false, testTimeout: 600_000, hookTimeout: 600_000 }
const globalSetup = ['test/lab/prepare.ts']

// Plans need nothing but Node and shells. Hosts and faults need root: they make real hosts, one file after the other.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'plans',
          include: ['test/**/*.test.ts'],
          exclude: ['test/hosts/**', 'test/faults/**'],
          testTimeout: 30_000,
          globalSetup,
        },
      },
      { test: { name: 'hosts', include: ['test/hosts/**/*.test.ts'], globalSetup, ...needsHosts } },
      { test: { name: 'faults', include: ['test/faults/**/*.test.ts'], globalSetup, ...needsHosts } },
    ],
  },
})
