import * as z from 'zod'
import { text } from './forms.ts'

const PART = '[A-Za-z0-9_][A-Za-z0-9._-]*'

/** A block volume as it is written at its host; what must be its alone, check-volumes.ts says. */
export const volumeSchema = z.strictObject({
  name: text(
    /^[a-z]([a-z0-9-]{0,62}[a-z0-9])?$/,
    'a name of small letters, digits and dashes, a letter first, at most 64',
  ).describe("Its name at the provider, by which it is found again; no other volume of the account's region has it."),
  sizeGiB: z
    .number()
    .int('a whole number of GiB')
    .min(1, '1 to 16384')
    .max(16_384, '1 to 16384')
    .describe('Size; it can grow, and never shrink.'),
  at: text(
    new RegExp(`^/(mnt|srv)(/${PART}){1,8}$`),
    'a folder below /mnt or /srv, of letters, digits, dots, dashes and underscores',
  ).describe('Where it is mounted: a folder below /mnt or /srv.'),
  directories: z
    .array(
      z.strictObject({
        path: text(
          new RegExp(`^${PART}(/${PART}){0,8}$`),
          'a path inside the volume, such as postgres or app/data',
        ).describe('Path inside the volume.'),
        owner: text(/^\d{1,10}:\d{1,10}$/, 'numbers of a user and a group, such as "999:999"')
          .default('0:0')
          .meta({ examples: ['999:999'] })
          .describe('Numbers of user and group, in quotes.'),
        mode: text(/^0?[0-7]{3}$/, 'a mode such as "0700"')
          .default('0755')
          .meta({ examples: ['0700'] })
          .describe('Mode, in quotes.'),
      }),
    )
    .default([])
    .describe('Folders that it has, the outer before the inner; what is in them is never changed.'),
})
