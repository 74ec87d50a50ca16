import { type Resource, resource } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'

/** These packages are installed. Their versions are the distribution's affair. */
export const packages = (...names: readonly string[]): Resource =>
  resource({
    name: `packages ${names.join(', ')}`,
    desired: Object.fromEntries(names.map((name) => [name, 'installed'])),
    actual: Object.fromEntries(
      names.map((name) => [name, { ask: dpkg, read: (answer: string) => packageIn(answer, name)?.status }]),
    ),
    fix: (changes) => install(Object.keys(changes)),
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

/**
 * Installs packages, `name` or `name=version`, from lists at most an hour old. Mirrors fail now and then, and the locks of lists and
 * archives make apt fail at once where dpkg's make it wait: so up to five tries, each with fresh lists.
 */
export const install = (names: readonly string[], options: readonly string[] = []): Sh => sh`
    lists=/run/groundwork/apt-lists-are-fresh
    try=1
    until { [ -n "$(find "$lists" -newer /etc/apt/sources.list -mmin -60 2>/dev/null)" ] ||
        apt-get update -q -o APT::Update::Error-Mode=any && mkdir -p /run/groundwork && touch "$lists"; } &&
      apt-get install -q -y --no-install-recommends ${options} -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold ${names}
    do
      [ $try -lt 5 ] || exit 100
      rm -f "$lists"; sleep $((try * 3)); try=$((try + 1))
    done`
