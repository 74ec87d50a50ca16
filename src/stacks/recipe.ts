import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { shortHash } from '../resources/hash.ts'
import type { Platform } from './platform-schema.ts'

/** A file of an image's recipe. */
export interface RecipeFile {
  readonly path: string
  readonly content: Buffer
  readonly executable: boolean
}

// What the base consists of; another text is another base.
const BASE_RECIPE = 'minbase ca-certificates 1'

/** The tag of the base image for a Debian release: its name, and the hash of how it is made. */
export const baseTag = (codename: string): string => `${codename}-${shortHash(BASE_RECIPE)}`

/** The tag of a built image: the hash of recipe, context and base. */
export function imageTag(platform: Platform, image: string, codename: string): string {
  if (platform.images[image] === 'debian') return baseTag(codename)
  const parts = recipeFiles(platform, image).flatMap(({ path, content, executable }) => [
    path,
    executable ? 'x' : '-',
    content,
  ])
  return shortHash(baseTag(codename), ...parts)
}

/** A recipe's files in a fixed order. */
export function recipeFiles(platform: Platform, image: string): readonly RecipeFile[] {
  const root = join(platform.directory, 'images', image)
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({
      path: relative(root, file),
      content: readFileSync(file),
      executable: (statSync(file).mode & 0o100) !== 0,
    }))
}
