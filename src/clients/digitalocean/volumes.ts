import * as z from 'zod'
import { page } from './answers.ts'

/** A block volume, as far as groundwork looks at it. */
const volume = z.object({
  id: z.string(),
  name: z.string(),
  size_gigabytes: z.number(),
  region: z.object({ slug: z.string() }),
  /** At most one. */
  droplet_ids: z.array(z.number()).nullish(),
  tags: z.array(z.string()).nullish(),
})
export type Volume = z.output<typeof volume>

export const volumePage = page('volumes', volume)
export const oneVolume = z.object({ volume })
