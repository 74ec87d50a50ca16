import { type Resource, resource } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'

/**
 * These OpenSSH public keys let this account in. Others' keys in the file stay: it is merged, never replaced.
 * A link in the way is told and not followed. `alsoThoseOf`: whoever may log in as that account may log in as this one.
 */
export const authorizedKeys = (name: string, keys: readonly string[], alsoThoseOf?: string): Resource => {
  const wanted = Object.fromEntries(keys.map((key) => [label(key), key.trim()]))
  const ask = look(name)
  return resource<string>({
    name: `keys of ${name}`,
    desired: {
      ...Object.fromEntries(Object.keys(wanted).map((key) => [key, 'there'])),
      directory: `700 ${name}`,
      file: `600 ${name}`,
      ...(alsoThoseOf ? { [`keys of ${alsoThoseOf}`]: 'there' } : {}),
    },
    actual: {
      ...Object.fromEntries(
        Object.entries(wanted).map(([key, text]) => [key, { ask, read: (answer: string) => has(answer, text) }]),
      ),
      directory: { ask, read: (answer: string) => lines(answer)[0] },
      file: { ask, read: (answer: string) => (lines(answer)[1] === 'none' ? undefined : lines(answer)[1]) },
      ...(alsoThoseOf
        ? {
            [`keys of ${alsoThoseOf}`]: sh`missing=$(${missing(name, alsoThoseOf)}) || exit; if [ -z "$missing" ]; then echo there; else echo missing; fi`,
          }
        : {}),
    },
    fix: (changes) => sh`
    ${find(name)}
    install -d -m 700 -o ${name} -g "$(id -g -- ${name})" -- "$home/.ssh"
    more=$(${Object.entries(wanted)
      .filter(([key]) => changes[key])
      .map(([, key]) => key)
      .reduce((all, key) => sh`${all} printf '%s\n' ${key};`, sh`:;`)}
      ${alsoThoseOf && changes[`keys of ${alsoThoseOf}`] ? missing(name, alsoThoseOf) : sh`:`})
    temporary=$(mktemp -- "$home/.ssh/.groundwork.XXXXXXXXXX")
    trap 'rm -f -- "$temporary"' EXIT
    { if [ -f "$keys" ]; then sed '$a\' "$keys"; fi; [ -z "$more" ] || printf '%s\n' "$more"; } > "$temporary" ||
      { echo "$keys cannot be written whole, and the old one stays: is the disk full?" >&2; exit 1; }
    chown -- ${name}:"$(id -g -- ${name})" "$temporary"
    chmod 600 "$temporary"
    sync -- "$temporary"
    mv -T -- "$temporary" "$keys"`,
  })
}

// Its home is asked: an account that was there before us may live elsewhere.
const find = (name: string): Sh => sh`entry=$(getent passwd ${name}) || exit 44
home=\${entry%:*}; home=\${home##*:}; keys=$home/.ssh/authorized_keys
for path in "$home/.ssh" "$keys"; do
  if [ -L "$path" ]; then echo "$path is a link, and groundwork follows none; move it away" >&2; exit 1; fi
done
if [ -e "$home/.ssh" ] && [ ! -d "$home/.ssh" ]; then echo "$home/.ssh is no directory; move it away" >&2; exit 1; fi
if [ -e "$keys" ] && [ ! -f "$keys" ]; then echo "$keys is no regular file; move it away" >&2; exit 1; fi`

const look = (name: string): Sh => sh`${find(name)}
[ -d "$home/.ssh" ] || exit 44
stat -c '%a %U' -- "$home/.ssh" || exit
if [ -e "$keys" ]; then stat -c '%a %U' -- "$keys" && cat -- "$keys"; else echo none; fi`

// Lines with options in front are not copied: they restrict the one they are written for.
const missing = (name: string, other: string): Sh => sh`
      mine=$(getent passwd ${name} | cut -d: -f6)/.ssh/authorized_keys
      theirs=$(getent passwd ${other} | cut -d: -f6)/.ssh/authorized_keys
      [ -f "$theirs" ] || exit 0
      grep -E '^(ssh|ecdsa|sk)-' "$theirs" | while read -r type key rest; do
        grep -qsF "$type $key" "$mine" || printf '%s %s %s\n' "$type" "$key" "$rest"
      done`

const has = (answer: string, key: string): string | undefined =>
  lines(answer)
    .slice(2)
    .some((line) => bare(line) === bare(key))
    ? 'there'
    : undefined

const lines = (answer: string): readonly string[] => answer.split('\n').map((line) => line.trim())

/** Type and key without the comment. */
const bare = (line: string): string => line.split(/\s+/).slice(0, 2).join(' ')

/** How a key is called: its comment and its last letters. */
const label = (key: string): string => {
  const [type = '', blob = '', ...comment] = key.trim().split(/\s+/)
  return `${comment.join(' ') || type} …${blob.slice(-8)}`
}
