import { type DebianPackage, paragraph, sha256 } from '../apt/debian-package.ts'
import type { RepositoryFiles } from '../apt/mirror.ts'
import type { SigningKey } from '../apt/signing-key.ts'

/** Whose signature it has, and which key lies beside it: the same one, unless a test wants trouble. */
export interface Signed {
  readonly by: SigningKey
  readonly beside?: SigningKey
}

/** A repository with the folders of https://pkgs.tailscale.com/stable/, for one release of Debian. */
export function repositoryOf(
  packages: readonly DebianPackage[],
  codename: string,
  architecture: string,
  { by, beside = by }: Signed,
): RepositoryFiles {
  const list = Buffer.from(packages.map((one) => paragraph(one, 'pool')).join('\n'))
  const listed = `main/binary-${architecture}/Packages`
  const release = [
    'Origin: Tailscale',
    'Label: Tailscale',
    `Suite: ${codename}`,
    `Codename: ${codename}`,
    `Date: ${new Date().toUTCString()}`,
    `Architectures: ${architecture}`,
    'Components: main',
    'SHA256:',
    ` ${sha256(list)} ${list.length} ${listed}`,
    '',
  ].join('\n')
  return new Map<string, Buffer>([
    [`debian/${codename}.noarmor.gpg`, beside.keyring],
    [`debian/dists/${codename}/InRelease`, by.sign(release)],
    [`debian/dists/${codename}/${listed}`, list],
    ...packages.map(({ file, bytes }) => [`debian/pool/${file}`, bytes] as const),
  ])
}
