import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Fault } from '../../engine/fault.ts'
import { cacheDirectory } from '../../engine/places.ts'

/** The versions that are installed on request; those of the packages. */
export const PULUMI = '3.248.0'
export const PROVIDER = '4.80.1'

/** Where `pulumi install` puts Pulumi and its plugins. */
export const pulumiHome = (): string => join(cacheDirectory(), 'pulumi')

/**
 * Folder with `bin/pulumi` that was installed on request; undefined: the one on the PATH.
 * @throws Fault (exit 64) where a part is missing, and says how it comes
 */
export function foundPulumi(): string | undefined {
  const home = pulumiHome()
  const own = existsSync(join(home, 'bin', 'pulumi'))
  const missing = [
    ...(own || onPath('pulumi') ? [] : ['pulumi']),
    ...(existsSync(join(home, 'plugins', `resource-digitalocean-v${PROVIDER}`)) || onPath(PLUGIN) ? [] : [PLUGIN]),
  ]
  if (!missing.length) return own ? home : undefined
  throw new Fault(
    `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing on this machine. Nothing was changed.`,
    {
      at: 'digitalocean.way',
      because: `the inventory says pulumi; looked in ${home} and on the PATH`,
      try: `npx tsx bootstrap.ts pulumi install, which fetches pulumi ${PULUMI} and its provider ${PROVIDER} from their vendor\nor put them on the PATH; or, without Pulumi: way: api`,
      exit: 64,
    },
  )
}

const PLUGIN = 'pulumi-resource-digitalocean'

const onPath = (name: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      if (folder) accessSync(join(folder, name), constants.X_OK)
      return folder !== ''
    } catch {
      return false
    }
  })
