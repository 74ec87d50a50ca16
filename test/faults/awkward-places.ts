/** A place where a file cannot be written, or not whole. */
interface Awkward {
  readonly name: string
  /** Makes it so; /srv/place/file and /srv/other hold old text already. */
  readonly before: string
  readonly path?: string
  /** How many lines are to be written. */
  readonly size?: number
  readonly says: RegExp
  /** It needs a package, so it belongs to the whole. */
  readonly whole?: true
  /** What a person does then; afterwards the same wish comes true. */
  readonly mend: string
}

export const awkward: readonly Awkward[] = [
  {
    name: 'a directory',
    before: 'rm /srv/place/file; mkdir /srv/place/file',
    says: /is no regular file/,
    mend: 'rmdir /srv/place/file',
  },
  {
    name: 'a link to another file',
    before: 'ln -sf /srv/other /srv/place/file',
    says: /follows no links; move it away/,
    mend: 'rm /srv/place/file',
  },
  {
    name: 'a link to nowhere',
    before: 'ln -sf /srv/none /srv/place/file',
    says: /follows no links; move it away/,
    mend: 'rm /srv/place/file',
  },
  {
    name: 'a pipe, which nobody reads',
    before: 'rm /srv/place/file; mkfifo /srv/place/file',
    says: /is no regular file/,
    mend: 'rm /srv/place/file',
  },
  {
    name: 'a device',
    before: 'rm /srv/place/file; mknod /srv/place/file c 1 3',
    says: /is no regular file/,
    mend: 'rm /srv/place/file',
  },
  {
    name: 'a file in place of a folder',
    before: '',
    path: '/srv/place/file/below',
    says: /a directory above .* is none/,
    mend: 'rm /srv/place/file',
  },
  {
    name: 'a folder that everybody may write to',
    before: 'chmod 1777 /srv/place',
    says: /open to them; groundwork writes nothing there. Look with: namei -l/,
    mend: 'chmod 755 /srv/place',
  },
  {
    name: 'a folder below one that a group may write to',
    before: 'mkdir /srv/place/deep; chgrp daemon /srv/place; chmod 775 /srv/place',
    path: '/srv/place/deep/file',
    says: /open to them/,
    mend: 'chmod 755 /srv/place',
  },
  {
    name: 'a folder of somebody else',
    before: 'chown daemon /srv/place',
    says: /belongs to others than root/,
    mend: 'chown root /srv/place',
  },
  {
    name: 'a folder that can only be read',
    before: 'mount --bind /srv/place /srv/place; mount -o remount,bind,ro /srv/place',
    says: /Read-only file system/,
    mend: 'umount /srv/place',
  },
  {
    name: 'a file that is a mount of its own',
    before: 'mount --bind /srv/other /srv/place/file',
    says: /is a mount of its own and cannot be replaced whole/,
    mend: 'umount /srv/place/file',
  },
  {
    name: 'a full disk',
    before:
      'mount -t tmpfs -o size=64k,mode=755 tmpfs /srv/place; yes old | head -n 10 > /srv/place/file; head -c 40000 /dev/zero > /srv/place/filler',
    size: 10_000,
    says: /\/srv\/place\/file cannot be written whole, and the old one stays: is the disk full\?/,
    mend: 'rm /srv/place/filler',
  },
  {
    name: 'a disk without inodes',
    before: 'mount -t tmpfs -o nr_inodes=2,mode=755 tmpfs /srv/place; yes old | head -n 10 > /srv/place/file',
    says: /No space left on device/,
    mend: 'mount -o remount,nr_inodes=10 /srv/place',
  },
  {
    name: 'no room to keep the old text',
    before:
      'mkdir -p /var/lib/groundwork/replaced; mount -t tmpfs -o size=4k tmpfs /var/lib/groundwork/replaced; head -c 4096 /dev/zero > /var/lib/groundwork/replaced/filler',
    says: /the old \/srv\/place\/file cannot be kept in \/var\/lib\/groundwork\/replaced, so it is not replaced/,
    mend: 'umount /var/lib/groundwork/replaced',
  },
  {
    name: 'a file that nobody may change',
    whole: true,
    before:
      'command -v chattr >/dev/null || { apt-get update -qq; apt-get install -y -qq e2fsprogs; } >/dev/null 2>&1; chattr +i /srv/place/file',
    says: /cannot be replaced, and the old one stays: is it immutable\? Look with: lsattr -d/,
    mend: 'chattr -i /srv/place/file',
  },
]
