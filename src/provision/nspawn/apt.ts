import { run } from './run.ts'

/** Debian's three archives, as the operator's own machine reaches them. */
export interface Mirrors {
  readonly main: string
  readonly updates: string
  readonly security: string
}

/** The operator's own apt settings that a host needs too, to reach those mirrors. */
export interface AptSettings {
  readonly options: readonly string[]
  /** `http://proxy:3128`, where the operator's apt uses one. */
  readonly proxy: string | undefined
}

/** The operator's Debian mirrors; Debian's public ones where there are none (Ubuntu, a machine that never ran apt-get update). */
export async function operatorMirrors(): Promise<Mirrors> {
  const format = '$(CREATED_BY)|$(ORIGIN)|$(LABEL)|$(CODENAME)|$(SITE)'
  return mirrorsIn(await run('apt-get', ['indextargets', '--format', format]))
}

/** The operator's apt settings. */
export const operatorSettings = async (): Promise<AptSettings> => settingsIn(await run('apt-config', ['dump']))

/** Reads lines of `apt-get indextargets`: CREATED_BY|ORIGIN|LABEL|CODENAME|SITE. A third party's archive is not Debian's, whatever its suite is called. */
export function mirrorsIn(targets: string): Mirrors {
  const found: { main?: string; updates?: string; security?: string } = {}
  for (const line of targets.split('\n')) {
    const [kind, origin, label, codename, site] = line.split('|')
    if (kind !== 'Packages' || origin !== 'Debian' || !site || !/^https?:/.test(site)) continue
    if (label === 'Debian-Security') found.security ??= site
    else if (codename?.endsWith('-updates')) found.updates ??= site
    else if (!codename?.includes('-')) found.main ??= site
  }
  const main = found.main ?? 'http://deb.debian.org/debian'
  return {
    main,
    updates: found.updates ?? main,
    security: found.security ?? 'http://deb.debian.org/debian-security',
  }
}

/** The lines of a release's sources.list. */
export const sourcesFor = (release: string, { main, updates, security }: Mirrors): string =>
  [
    `deb ${main} ${release} main`,
    `deb ${updates} ${release}-updates main`,
    `deb ${security} ${release}-security main`,
    '',
  ].join('\n')

const wanted =
  /^Acquire::(Check-Valid-Until|Check-Date|Max-FutureTime|ForceIPv[46]|https?::(Timeout|Proxy::.+)|https::Proxy) "/i

/** Reads what `apt-config dump` prints. The http proxy stands apart: the package cache goes between. */
export function settingsIn(dump: string): AptSettings {
  const lines = dump.split('\n')
  const proxy = lines.map((line) => /^Acquire::http::Proxy "([^"]+)";$/i.exec(line)?.[1]).find((found) => found)
  return {
    options: lines.filter((line) => wanted.test(line) && !line.endsWith(' "";')),
    proxy: proxy === 'DIRECT' ? undefined : proxy,
  }
}

// Nobody reads descriptions there: 6.5 of the 16 MB of lists that an update of Debian 13 fetches, and takes apart.
const UNTRANSLATED = 'Acquire::Languages "none";'

/** The settings a host gets; `cache` is the package cache's address, which takes the proxy's place. */
export const hostSettings = ({ options, proxy }: AptSettings, cache: string | undefined): readonly string[] => {
  const between = cache ?? proxy
  return [UNTRANSLATED, ...options, ...(between ? [`Acquire::http::Proxy "${between}";`] : [])]
}
