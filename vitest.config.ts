import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/longest-first.ts'

const globalSetup = ['test/lab/prepare.ts']
const onHosts = { testTimeout: 600_000, hookTimeout: 600_000, globalSetup }

// Plans need nothing but Node and shells. The rest needs root: it makes real hosts. What a sandbox does to this machine is
// looked at alone; hosts and faults then run three files at a time: two left a sixth of
// two processors waiting.
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'plans',
          include: ['test/**/*.test.ts'],
          exclude: ['test/machine/**', 'test/hosts/**', 'test/faults/**', 'test/tailnet/**', 'test/pulumi/**'],
          testTimeout: 30_000,
          globalSetup,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      // Faults and kills at a provider: no hosts, all processor; beside hosts they would take the time from what has deadlines.
      {
        test: {
          name: 'cloud',
          include: ['test/faults/cloud-*.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
          ...onHosts,
        },
      },
      {
        test: {
          name: 'machine',
          include: ['test/machine/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          ...onHosts,
        },
      },
      // Needs Go, which builds tailscaled for minutes, before the first file: run by `npm run test:tailnet`, and not by `npm test`.
      {
        test: {
          name: 'tailnet',
          include: ['test/tailnet/**/*.test.ts'],
          maxWorkers: 2,
          ...onHosts,
          globalSetup: [...globalSetup, 'test/lab/tailscale/prepare.ts'],
        },
      },
      // Needs Pulumi and its provider on the PATH: run by `npm run test:pulumi`, and not by `npm test`.
      { test: { name: 'pulumi', include: ['test/pulumi/**/*.test.ts'], ...onHosts } },
      ...['hosts', 'faults'].map((name) => ({
        test: {
          name,
          include: [`test/${name}/**/*.test.ts`],
          exclude: ['test/faults/cloud-*.test.ts'],
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
          ...onHosts,
        },
      })),
    ],
  },
})
