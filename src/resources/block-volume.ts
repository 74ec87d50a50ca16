import { HOST_STATE } from '../engine/left-there.ts'
import { type Resource, resource } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'

/** A block volume as its host sees it. */
export interface BlockVolume {
  readonly name: string
  /** Where its device is: a link that udev keeps. */
  readonly device: string
  /** Mount point: an absolute path of letters, digits, dots, dashes and underscores. */
  readonly at: string
}

/** How it is mounted: a host boots without it, and Docker waits for it for a minute and a half. */
const OPTIONS = 'nofail,discard,x-systemd.device-timeout=90s,x-systemd.before=docker.service'

const DEVICE_SECONDS = 60

/**
 * A volume has ext4, as large as itself, and is mounted by its UUID, now and after a boot. A filesystem is made once, on a device
 * on which nothing at all is found; anything else that is there is told, and left. Its mount point cannot be written to while
 * nothing is mounted there.
 */
export const blockVolume = (volume: BlockVolume): Resource => {
  const ask = look(volume)
  const line = (key: string) => ({ ask, read: (answer: string) => new RegExp(`^${key} (.+)$`, 'm').exec(answer)?.[1] })
  return resource({
    name: `block volume ${volume.name}`,
    desired: {
      filesystem: 'ext4',
      '/etc/fstab': OPTIONS,
      mounted: 'by its UUID',
      size: 'all of it',
      'mount point': 'closed',
    },
    actual: {
      filesystem: line('filesystem'),
      '/etc/fstab': line('fstab'),
      mounted: line('mounted'),
      size: line('size'),
      'mount point': line('point'),
    },
    fix: (changes) => sh`${untilThere(volume)}
    ${changes.filesystem ? format(volume) : sh`:`}
    ${mount(volume)}
    ${grow(volume)}`,
  })
}

/** A folder of a volume, owner `999:999`, mode `700` as stat prints it. What is in it is its service's business. */
export const volumeDirectory = (at: string, path: string, owner: string, mode: string): Resource => {
  const directory = `${at}/${path}`
  const [user = '0', group = '0'] = owner.split(':')
  const ask = sh`mountpoint -q -- ${at} || exit 44; [ -d ${directory} ] || exit 44; stat --format '%u:%g %a' -- ${directory}`
  return resource({
    name: `directory ${directory}`,
    desired: { owner, mode },
    actual: {
      owner: { ask, read: (answer) => answer.split(' ')[0] },
      mode: { ask, read: (answer) => answer.split(' ')[1] },
    },
    // Never below an empty mount point: what is written there is hidden once the volume comes.
    fix: () => sh`
    mountpoint -q -- ${at} || { echo ${`${at} is not mounted; nothing is written there`} >&2; exit 1; }
    if [ -L ${directory} ]; then echo ${`${directory} is a link; move it away`} >&2; exit 1; fi
    install --directory --mode ${mode} --owner ${user} --group ${group} -- ${directory}`,
  })
}

// In a namespace of its own the volume is taken off, so that what lies below is seen: nobody else notices.
const isClosed = (at: string): Sh => sh`[ -d ${at} ] && unshare --mount sh -c '
  while mountpoint -q -- "$1"; do umount -l -- "$1" || exit 1; done
  case $(lsattr -d -- "$1" 2>/dev/null) in *i*" /"*) ;; *) exit 1 ;; esac' closed ${at}`

const look = ({ device, at }: BlockVolume): Sh => sh`[ -b ${device} ] || exit 44
said=$(blkid -p -o export -- ${device}) && status=0 || status=$?
case $status in
  0) type=$(printf '%s\n' "$said" | sed -n 's/^TYPE=//p')
    [ -n "$type" ] || type=$(printf '%s\n' "$said" | sed -n 's/^PTTYPE=/partition table /p')
    printf 'filesystem %s\n' "\${type:-something else}" ;;
  2) ;;
  *) echo ${`what is on ${device} cannot be told: blkid gives several answers`} >&2; exit 1 ;;
esac
uuid=$(printf '%s\n' "$said" | sed -n 's/^UUID=//p')
[ -n "$uuid" ] || exit 0
awk -v at=${at} -v by="UUID=$uuid" '$1 !~ /^#/ && $2 == at { print "fstab " ($1 == by && $3 == "ext4" ? $4 : "another: " $1 " " $3 " " $4); exit }' /etc/fstab
if mountpoint -q -- ${at}; then
  if [ "$(findmnt -n -o SOURCE --mountpoint ${at} | tail -n 1)" = "$(readlink -f ${device})" ]; then echo mounted by its UUID; else echo mounted something else; fi
fi
total=$(blockdev --getsize64 ${device}) || exit
dumpe2fs -h ${device} 2>/dev/null | awk -v total="$total" '/^Block count:/ { count = $3 } /^Block size:/ { size = $3 }
  END { if (size) { if (total - count * size < 268435456) print "size all of it"; else printf "size %.0f of %.0f MiB\n", count * size / 1048576, total / 1048576 } }'
if ${isClosed(at)}; then echo point closed; else echo point open; fi`

// That it is attached the provider has said, in the step before.
const untilThere = ({ name, device }: BlockVolume): Sh => sh`waited=0
    while [ ! -b ${device} ]; do
      if [ $waited -ge ${DEVICE_SECONDS} ]; then echo ${unseen(name, device)} >&2; exit 1; fi
      sleep 1; waited=$((waited + 1))
    done`

const unseen = (name: string, device: string): string =>
  `the volume ${name} is attached, and the host does not see it at ${device}. Restart the host; or detach the volume at its provider: the next run attaches it again`

// What blkid finds nothing on may still be somebody's: only what is nothing but zeros at both ends is taken for new. A run that
// was cut off while it made a filesystem has left a mark, and goes on.
function format({ name, device, at }: BlockVolume): Sh {
  const mark = `${HOST_STATE}/formatting-${name}`
  const left = `${device} is not formatted, and what is on it stays`
  return sh`
    said=$(blkid -p -o export -- ${device}) && status=0 || status=$?
    case "$status $said" in
      *TYPE=ext4*) ;;
      "2 ") ${makeNew(device, at, mark, left)} ;;
      *) printf '%s\n' ${`${left}; blkid finds:`} "\${said:-several answers}" >&2; exit 1 ;;
    esac`
}

const makeNew = (device: string, at: string, mark: string, left: string): Sh => sh`
    if mountpoint -q -- ${at}; then echo ${`${left}; at ${at} something else is mounted`} >&2; exit 1; fi
    head -c 4194304 ${device} > /dev/null && tail -c 1048576 ${device} > /dev/null || { echo ${`${device} cannot be read`} >&2; exit 1; }
    if [ ! -e ${mark} ] && [ "$( { head -c 4194304 ${device}; tail -c 1048576 ${device}; } | tr -d '\0' | head -c 1 | wc -c)" != 0 ]; then
      echo ${`${left}; no filesystem is found on it, and it is not empty either. If nobody needs it, wipe it:  blkdiscard -z ${device}`} >&2; exit 1
    fi
    mkdir -p ${HOST_STATE}; : > ${mark}; sync -- ${mark} ${HOST_STATE}
    mkfs.ext4 -q -m 1 -- ${device}
    sync -- ${device}
    rm -f -- ${mark}`

function mount({ device, at }: BlockVolume): Sh {
  return sh`uuid=$(blkid -p -s UUID -o value -- ${device})
    [ -n "$uuid" ] || { echo ${`${device} has no filesystem with a UUID`} >&2; exit 1; }
    case $(blkid -p -s TYPE -o value -- ${device}) in ext4) ;; *) echo ${`${device} has another filesystem than ext4; it stays as it is, and is not mounted`} >&2; exit 1 ;; esac
    line="UUID=$uuid ${at} ext4 ${OPTIONS} 0 2"
    if ! grep -qxF -- "$line" /etc/fstab; then
      new=$(mktemp /etc/fstab.XXXXXXXXXX)
      awk -v at=${at} '!($1 !~ /^#/ && $2 == at)' /etc/fstab > "$new"
      printf '%s\n' "$line" >> "$new"
      chmod 644 "$new"; sync -- "$new"; mv -f -- "$new" /etc/fstab
      systemctl daemon-reload
    fi
    stale=no
    while mountpoint -q -- ${at} && [ "$(findmnt -n -o SOURCE --mountpoint ${at} | tail -n 1)" != "$(readlink -f ${device})" ]; do
      [ ! -b "$(findmnt -n -o SOURCE --mountpoint ${at} | tail -n 1)" ] || { echo ${`at ${at} another device is mounted; take it off first:  umount ${at}`} >&2; exit 1; }
      umount -l -- ${at}; stale=yes
    done
    if ! ( ${isClosed(at)} ); then
      if mountpoint -q -- ${at}; then
        unshare --mount sh -c 'umount -l -- "$1" && chattr +i -- "$1"' close ${at}
      else
        mkdir -p -- ${at}
        [ -z "$(ls -A -- ${at})" ] || { echo ${`${at} is not empty, and would be hidden by the volume; move away what is in it`} >&2; exit 1; }
        chattr +i -- ${at}
      fi
    fi
    mountpoint -q -- ${at} || mount -- ${at}
    if [ $stale = yes ] && systemctl is-active --quiet docker; then systemctl restart docker; fi`
}

const grow = ({ device }: BlockVolume): Sh => sh`
    total=$(blockdev --getsize64 ${device})
    used=$(dumpe2fs -h ${device} 2>/dev/null | awk '/^Block count:/ { count = $3 } /^Block size:/ { size = $3 } END { printf "%.0f", count * size }')
    [ $((total - used)) -lt 268435456 ] || resize2fs ${device} >/dev/null`
