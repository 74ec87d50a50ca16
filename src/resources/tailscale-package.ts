import { type Resource, resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'
import { aptFault } from './apt-fault.ts'
import { packages } from './packages.ts'

/** Its own repository's line, and the key by which apt believes it. */
export const TAILSCALE_LIST = '/etc/apt/sources.list.d/groundwork-tailscale.list'
export const TAILSCALE_KEY = '/etc/apt/keyrings/groundwork-tailscale.gpg'

/** Tailscale's package from the sources that the host has anyway; groundwork's line for Tailscale's own repository is taken away. */
export const tailscaleOfDistribution = (): readonly Resource[] => [
  resource({
    name: "Tailscale's own repository",
    desired: { line: 'none' },
    actual: { line: sh`if [ -e ${TAILSCALE_LIST} ] || [ -e ${TAILSCALE_KEY} ]; then echo there; else echo none; fi` },
    fix: () => sh`rm -f ${TAILSCALE_LIST} ${TAILSCALE_KEY}`,
  }),
  {
    ...packages('tailscale'),
    explain: (said) =>
      /Unable to locate package tailscale|tailscale' has no installation candidate/.test(said)
        ? {
            what: "This host's package sources have no package tailscale.",
            because:
              'Debian has none in bookworm, trixie, their backports or sid; only a source of your own may have one',
            try: "write source: repository (Tailscale's own, whose key is pinned) or binaries: ./FOLDER under tailscale in the inventory; or add that source on the host; look:  apt-cache policy tailscale",
          }
        : aptFault(said),
  },
]
