import { addresses } from './addresses.ts'
import { ofDigitalOcean } from './at-digitalocean.ts'
import { bases } from './bases.ts'
import { ofDroplets, ofVolumes } from './droplets.ts'
import type { Broken } from './entry.ts'
import { keys } from './keys.ts'
import { names } from './names.ts'
import { numbers } from './numbers.ts'
import { settings } from './settings.ts'
import { ofTailscale } from './tailscale.ts'
import { together } from './together.ts'
import { unicode } from './unicode.ts'
import { words } from './words.ts'
import { yaml } from './yaml.ts'

/** All broken inventories: each differs from a valid one in one place. */
export const table: readonly Broken[] = [
  ...yaml,
  ...words,
  ...numbers,
  ...names,
  ...settings,
  ...addresses,
  ...bases,
  ...unicode,
  ...keys,
  ...together,
  ...ofDigitalOcean,
  ...ofDroplets,
  ...ofVolumes,
  ...ofTailscale,
]
