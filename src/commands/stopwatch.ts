/** How long each part of a run took, in their order. One that failed counts as well. */
export function stopwatch() {
  const past: { readonly phase: string; readonly seconds: number }[] = []
  return {
    past,
    of: async <Result>(phase: string, work: () => Promise<Result>): Promise<Result> => {
      const started = performance.now()
      try {
        return await work()
      } finally {
        past.push({ phase, seconds: (performance.now() - started) / 1000 })
      }
    },
  }
}
