import { fetchPage } from '../clients/web.ts'
import { type Resource, resource } from '../engine/resource.ts'
import type { Sh } from '../engine/sh.ts'

/** What a page must answer. */
export interface PageWish {
  readonly port: number
  readonly path: string
  readonly status: number
  /** Texts that must stand on it. */
  readonly contains: readonly string[]
}

const SETTLE_SECONDS = 60

/** A web page answers from here as it should. Nothing repairs it but what stands behind it: its fix is to wait. */
export function webPage(
  name: string,
  address: string,
  { port, path, status, contains }: PageWish,
  because: Sh,
): Resource {
  const url = `http://${address}${port === 80 ? '' : `:${port}`}${path}`
  return resource({
    name: `page ${name} ${url}`,
    desired: { answer: [String(status), ...contains].join(' · ') },
    actual: {
      answer: async (signal) => {
        const page = await fetchPage(url, signal).catch((error: Error) => error.message)
        if (typeof page === 'string') return `no answer: ${page}`
        return [String(page.status), ...contains.filter((text) => page.text.includes(text))].join(' · ')
      },
    },
    fix: () => async () => undefined,
    seenAt: { name, at: url },
    settle: { seconds: SETTLE_SECONDS, because, try: `curl -i ${url}` },
  })
}
