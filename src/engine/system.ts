import type { Facts, HostWish } from '../inventory/org.ts'
import { Fault } from './fault.ts'

const supported: Readonly<Record<string, readonly string[]>> = { debian: ['12', '13'], ubuntu: ['22.04', '24.04'] }

/** Reads os-release. @throws Fault where groundwork does not know this system */
export function systemOf(host: HostWish, release: string): Pick<Facts, 'distribution' | 'codename'> {
  const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(release)?.[1] ?? ''
  const distribution = field('ID')
  const codename = field('VERSION_CODENAME')
  if (supported[distribution]?.includes(field('VERSION_ID')) && /^[a-z]+$/.test(codename))
    return { distribution, codename }
  throw new Fault(
    `${host.name} runs ${field('PRETTY_NAME').slice(0, 60) || 'an unknown system'}, which groundwork does not know.`,
    {
      at: host.name,
      because: 'it knows Debian 12 and 13, Ubuntu 22.04 and 24.04; nothing was touched',
      try: 'install one of these, or take the host out of the inventory',
    },
  )
}
