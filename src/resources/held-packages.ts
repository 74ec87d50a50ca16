import { type Resource, resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'
import { install } from './apt.ts'
import { aptFault } from './apt-fault.ts'
import { dpkg, packageIn } from './packages.ts'

/** These packages are installed in a version of this pattern (`26.1*`), and held: nothing but a change of the inventory upgrades them. */
export const heldPackages = (names: readonly string[], pattern: string): Resource =>
  resource({
    name: `held packages ${names.join(', ')}`,
    desired: Object.fromEntries(names.map((name) => [name, `${pattern} held`])),
    actual: Object.fromEntries(
      names.map((name) => [name, { ask: dpkg, read: (answer: string) => heldVersion(answer, name, pattern) }]),
    ),
    fix: () => [
      install(
        names.map((name) => `${name}=${pattern}`),
        ['--allow-change-held-packages', '--allow-downgrades'],
      ),
      hold(names),
    ],
    explain: aptFault,
  })

/** An apt preference that lets only this version in; the hold alone would not say which. */
export const pinned = (names: readonly string[], pattern: string): string =>
  `# Written by groundwork. The version is held on purpose: it changes in the inventory.
Package: ${names.join(' ')}
Pin: version ${pattern}
Pin-Priority: 990
`

const hold = (names: readonly string[]) => sh`apt-mark hold ${names} >/dev/null`

function heldVersion(answer: string, name: string, pattern: string): string | undefined {
  const found = packageIn(answer, name)
  if (found?.status !== 'installed') return undefined
  return `${matches(found.version, pattern) ? pattern : found.version} ${found.want === 'hold' ? 'held' : 'not held'}`
}

/** Whether a version is of apt's pattern, in which a star stands for anything. */
export const matches = (version: string, pattern: string): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  ).test(version)
