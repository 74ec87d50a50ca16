import { type Resource, resource } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'
import { keepOld } from './file.ts'

/** What `sshd -T` says is in force, whatever files it comes from. Lines of other files that say otherwise are commented out, and those files kept aside. */
export const sshdSettings = (settings: Readonly<Record<string, string>>, dropIn: string): Resource =>
  resource({
    name: 'sshd settings',
    desired: Object.fromEntries(Object.entries(settings).map(([name, value]) => [name.toLowerCase(), shownAs(value)])),
    actual: Object.fromEntries(
      Object.keys(settings).map((name) => [
        name.toLowerCase(),
        { ask: effective, read: (answer: string) => settingIn(answer, name) },
      ]),
    ),
    fix: (changes) => [
      keepOld('/etc/ssh/sshd_config'),
      included(dropIn),
      ...Object.keys(changes).map((name) => silenced(name, dropIn)),
    ],
  })

// Without /run/sshd, which the unit makes, sshd does not read its settings: then it gets one that nobody else sees.
const effective = sh`command -v sshd >/dev/null || exit 44
[ ! -d /run/sshd ] || { sshd -T; exit; }
unshare --mount /bin/sh -c 'mount -t tmpfs none /run && mkdir /run/sshd && exec sshd -T'`

// The first value counts, so the drop-ins must come first.
const included = (dropIn: string): Sh => {
  const line = `Include ${dropIn.slice(0, dropIn.lastIndexOf('/'))}/*.conf`
  return sh`grep -qiE '^[[:space:]]*include[[:space:]]+/etc/ssh/sshd_config\.d/\*\.conf' /etc/ssh/sshd_config || sed -i ${`1i ${line}`} /etc/ssh/sshd_config`
}

// A file that says nothing of it is left as it is: sed would put a new one in its place.
const silenced = (name: string, dropIn: string): Sh => sh`
    for other in /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf; do
      [ "$other" != ${dropIn} ] || continue
      grep -qiE ${`^[[:space:]]*${name}([[:space:]=])`} "$other" || continue
      sed -i -E ${`s/^[[:space:]]*${name}([[:space:]=])/# groundwork: &/I`} "$other"
    done`

function settingIn(answer: string, name: string): string | undefined {
  const values = answer
    .split('\n')
    .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()} `))
    .map((line) => line.slice(name.length + 1))
  return values.length ? [...new Set(values)].join(' ') : undefined
}

// sshd prints the old word for it.
const shownAs = (value: string): string => (value === 'prohibit-password' ? 'without-password' : value)
