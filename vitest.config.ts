import { defineConfig } from 'vitest/config'

// Rings 1 to 3 need nothing but Node and a shell; ring 4 (test/hosts) needs root, and makes real hosts one file after the other.
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'plans', include: ['test/**/*.test.ts'], exclude: ['test/hosts/**'], testTimeout: 30_000 } },
      {
        test: {
          name: 'hosts',
          include: ['test/hosts/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
