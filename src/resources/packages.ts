import { type Resource, resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'
import { install } from './apt.ts'
import { aptFault } from './apt-fault.ts'

/** These packages are installed. Their versions are the distribution's affair. */
export const packages = (...names: readonly string[]): Resource =>
  resource({
    name: `packages ${names.join(', ')}`,
    desired: Object.fromEntries(names.map((name) => [name, 'installed'])),
    actual: Object.fromEntries(
      names.map((name) => [name, { ask: dpkg, read: (answer: string) => packageIn(answer, name)?.status }]),
    ),
    fix: (changes) => install(Object.keys(changes)),
    explain: aptFault,
  })

/** All packages that dpkg knows, asked once for everybody: name, wish, status, version. */
export const dpkg = sh`dpkg-query -W -f '\${Package} \${db:Status-Want} \${db:Status-Status} \${Version}\n'`

/** What dpkg says of a package: `want` is install or hold, `status` installed or what is left of it. */
export function packageIn(answer: string, name: string) {
  const line = answer.split('\n').find((one) => one.startsWith(`${name} `))
  if (line === undefined) return undefined
  const [, want = '', status = '', version = ''] = line.split(' ')
  return { want, status, version }
}
