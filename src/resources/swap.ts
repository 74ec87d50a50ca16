import { resource } from '../engine/resource.ts'
import { none, sh } from '../engine/sh.ts'

const FILE = '/swapfile'
const LINE = `${FILE} none swap sw 0 0`

/** A swap file of this size (MiB) is in use, now and after a boot. */
export const swap = (sizeMiB: number) =>
  resource({
    name: `swap ${FILE}`,
    desired: { bytes: String(sizeMiB * 2 ** 20), 'in use': 'yes', '/etc/fstab': LINE },
    actual: {
      bytes: sh`[ -e ${FILE} ] || exit 44; stat -c %s ${FILE}`,
      'in use': sh`if grep -q ${`^${FILE}[[:space:]]`} /proc/swaps; then echo yes; else echo no; fi`,
      '/etc/fstab': none(sh`grep ${`^${FILE}[[:space:]]`} /etc/fstab`, { exit: 1 }),
    },
    // Written whole, not allocated: a swap file with holes does not work.
    fix: (changes) => sh`
    if grep -q ${`^${FILE}[[:space:]]`} /proc/swaps; then swapoff ${FILE}; fi
    ${
      changes.bytes
        ? sh`rm -f ${FILE}; ( umask 077; dd if=/dev/zero of=${FILE} bs=1M count=${sizeMiB} status=none ); mkswap --quiet ${FILE} >/dev/null`
        : sh`:`
    }
    swapon ${FILE}
    sed -i ${`\\|^${FILE}[[:space:]]|d`} /etc/fstab
    printf '%s\n' ${LINE} >> /etc/fstab`,
  })
