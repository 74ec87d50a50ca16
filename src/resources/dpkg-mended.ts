import { resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'

/** No installation was cut in its middle: dpkg has nothing left to configure. */
export const dpkgMended = () =>
  resource({
    name: 'dpkg',
    desired: { audit: '' },
    actual: { audit: sh`if [ -n "$(ls -A /var/lib/dpkg/updates)" ]; then echo 'interrupted'; else dpkg --audit; fi` },
    fix: () => sh`
    dpkg --configure -a --force-confdef --force-confold || true
    apt-get -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold --fix-broken install
    dpkg --configure -a --force-confdef --force-confold`,
  })
