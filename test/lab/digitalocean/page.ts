import type { Call, Reply } from './call.ts'
import { invalid } from './refused.ts'

/** One page of a list, as `per_page` and `page` ask for it, with links to the others and the total (API introduction, "Links & Pagination"). */
export function page<T>(call: Call, path: string, key: string, all: readonly T[]): Reply {
  const size = whole(call.query.get('per_page'), 20, 'per_page')
  const number = whole(call.query.get('page'), 1, 'page')
  if (size > 200) throw invalid('per_page must be between 1 and 200.')
  const last = Math.max(1, Math.ceil(all.length / size))
  const link = (to: number): string => {
    const query = new URLSearchParams(call.query)
    query.set('page', String(to))
    query.set('per_page', String(size))
    return `${call.url}${path}?${query}`
  }
  const pages = {
    ...(number > 1 && { first: link(1), prev: link(number - 1) }),
    ...(number < last && { next: link(number + 1), last: link(last) }),
  }
  return {
    status: 200,
    body: {
      [key]: all.slice((number - 1) * size, number * size),
      links: last > 1 ? { pages } : {},
      meta: { total: all.length },
    },
  }
}

function whole(text: string | null, otherwise: number, field: string): number {
  if (text === null) return otherwise
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw invalid(`${field} must be a positive integer.`)
}
