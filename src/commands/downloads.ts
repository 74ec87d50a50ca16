import type { Event } from '../engine/event.ts'

const units: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9 }

/** Adds up what apt says it fetched: `Fetched 61.2 MB in 3s (20.4 MB/s)`. */
export function downloads() {
  let bytes = 0
  let seconds = 0
  return {
    see: (event: Event): void => {
      if (event.event !== 'output') return
      const match = /^Fetched ([\d.,]+) ([kMG]?)B in (?:(\d+)min )?(\d+)s/.exec(event.line)
      if (!match) return
      bytes += Number(match[1]?.replaceAll(',', '')) * (units[match[2] ?? ''] ?? 1)
      seconds += Number(match[3] ?? 0) * 60 + Number(match[4])
    },
    total: () => ({ downloadedBytes: Math.round(bytes), downloadSeconds: seconds }),
  }
}
