import { resource } from '../engine/resource.ts'
import { none, sh } from '../engine/sh.ts'

/** The host's clock shows this zone (tz database name), for the system and for programs that read /etc/timezone. */
export const timeZone = (zone: string) =>
  resource({
    name: 'time zone',
    desired: { link: `/usr/share/zoneinfo/${zone}`, name: zone },
    actual: {
      link: none(sh`readlink /etc/localtime`, { exit: 1 }),
      name: none(sh`cat /etc/timezone`, { exit: 1 }),
    },
    fix: () => sh`
    [ -e ${`/usr/share/zoneinfo/${zone}`} ] || { echo ${`there is no time zone ${zone}`} >&2; exit 1; }
    ln -sfn ${`/usr/share/zoneinfo/${zone}`} /etc/localtime
    printf '%s\n' ${zone} > /etc/timezone`,
  })
