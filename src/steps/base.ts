import { type Resource, step } from '../engine/resource.ts'
import type { Host, Org } from '../inventory/org.ts'
import { file } from '../resources/file.ts'
import { hostname } from '../resources/hostname.ts'
import { packages } from '../resources/packages.ts'
import { swap } from '../resources/swap.ts'
import { sysctl, sysctlFile } from '../resources/sysctl.ts'
import { systemdUnit } from '../resources/systemd-unit.ts'
import { template } from '../resources/template.ts'
import { timeZone } from '../resources/time-zone.ts'

const SMALL_MEMORY_MIB = 4096

/** The operating system below everything else. */
export const base = step({
  id: 'base',
  title: 'The base system is as the inventory says',
  resources: ({ host, org }) => [
    fromFiles('/etc/apt/apt.conf.d/90groundwork'),
    packages(
      'apparmor',
      'ca-certificates',
      'curl',
      'nftables',
      'procps',
      'sudo',
      'tzdata',
      'unattended-upgrades',
      ...(host.sharesKernel ? [] : ['systemd-timesyncd']),
      ...org.system.packages,
    ),
    hostname(host.name),
    timeZone(org.system.timeZone),
    fromFiles('/etc/apt/apt.conf.d/20auto-upgrades'),
    fromFiles('/etc/apt/apt.conf.d/52groundwork-upgrades'),
    systemdUnit('apt-daily.timer'),
    systemdUnit('apt-daily-upgrade.timer'),
    ...kernelSettings(host, org),
    ...journal(org),
    ...(wantsSwap(host, org) && !host.sharesKernel ? [swap(org.system.swapMiB)] : []),
  ],
})

/** What a host that shares its kernel cannot have, and what is therefore left out: sentences for the person who reads the run. */
export function leftOut(host: Host, org: Org): readonly string[] {
  if (!host.sharesKernel) return []
  const settings = Object.keys(org.system.sysctl).filter((name) => !ofNetwork(name))
  const what = [
    'clock',
    ...(wantsSwap(host, org) ? ['swap'] : []),
    ...settings,
    ...(org.tailscale ? ['the interface tailscale0 (Tailscale runs in user space)'] : []),
  ].join(', ')
  return [`shares the kernel of its machine; left out there: ${what}`]
}

function journal(org: Org): readonly Resource[] {
  const limits = fromFiles('/etc/systemd/journald.conf.d/groundwork.conf', { journalMax: org.system.journalMax })
  return [limits, systemdUnit('systemd-journald', { file: 'static', restartAfter: [limits] })]
}

function kernelSettings(host: Host, org: Org): readonly Resource[] {
  const settings = Object.fromEntries(
    Object.entries(org.system.sysctl).filter(([name]) => !host.sharesKernel || ofNetwork(name)),
  )
  if (!Object.keys(settings).length) return []
  return [file('/etc/sysctl.d/99-groundwork.conf', { content: sysctlFile(settings) }), sysctl(settings)]
}

// Only these a network namespace has of its own.
const ofNetwork = (name: string): boolean => /^net\.(ipv4|ipv6)\.|^net\.core\.somaxconn$/.test(name)

const wantsSwap = (host: Host, org: Org): boolean => org.system.swapMiB > 0 && host.memoryMiB < SMALL_MEMORY_MIB

const fromFiles = (path: string, values: Readonly<Record<string, unknown>> = {}): Resource =>
  file(path, { content: template(path.slice(1), values) })
