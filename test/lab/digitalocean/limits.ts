import type { ServerResponse } from 'node:http'
import { Refused } from './refused.ts'

const AN_HOUR = { calls: 5000, seconds: 3600 }
// The list of SSH keys has a limit of its own.
const KEY_LISTS = { calls: 10, seconds: 60 }

/** Counts calls as the API does: its limits stand in the headers of every answer. @throws Refused where one is reached */
export function limits(): (call: string, response: ServerResponse) => void {
  const all: number[] = []
  const keyLists: number[] = []
  return (call, response) => {
    const isKeyList = call === 'GET /v2/account/keys'
    const { calls, seconds } = isKeyList ? KEY_LISTS : AN_HOUR
    const times = isKeyList ? keyLists : all
    const now = Date.now()
    while (times[0] !== undefined && times[0] <= now - seconds * 1000) times.shift()
    const over = times.length >= calls
    if (!over) times.push(now)
    response.setHeader('ratelimit-limit', calls)
    response.setHeader('ratelimit-remaining', calls - times.length)
    // In seconds since 1970: when the oldest of them no longer counts.
    response.setHeader('ratelimit-reset', Math.ceil((times[0] ?? now) / 1000) + seconds)
    if (over) throw new Refused(429, 'too_many_requests', 'API Rate limit exceeded.')
  }
}
