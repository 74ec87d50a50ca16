import { type DebianPackage, paragraph, sha256 } from '../../lab/apt/debian-package.ts'
import type { RepositoryFiles } from '../../lab/apt/mirror.ts'
import type { SigningKey } from '../../lab/apt/signing-key.ts'

/** A flat repository (`deb URL ./`) of these packages, signed. `validUntil` in the past makes it an expired one. */
export function repository(
  packages: readonly DebianPackage[],
  { key, date = new Date(), validUntil }: { key: SigningKey; date?: Date; validUntil?: Date },
): RepositoryFiles {
  const list = Buffer.from(packages.map((one) => paragraph(one, '.')).join('\n'))
  const release = [
    'Origin: Weather',
    'Suite: weather',
    `Date: ${date.toUTCString()}`,
    ...(validUntil ? [`Valid-Until: ${validUntil.toUTCString()}`] : []),
    'SHA256:',
    ` ${sha256(list)} ${list.length} Packages`,
    '',
  ].join('\n')
  return new Map<string, Buffer>([
    ['InRelease', key.sign(release)],
    ['Packages', list],
    ...packages.map(({ file, bytes }) => [file, bytes] as const),
  ])
}
