import { type Explained, type Resource, resource } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'

/** A repository's key: where it is, and which one it must be. */
export interface AptKeyWish {
  readonly url: string
  /** Of the primary key: 40 hexadecimal digits, in capitals. */
  readonly fingerprint: string
  /** Where the fingerprint stands in an inventory. */
  readonly setting: string
  /** What to do where the host does not reach the address, and is not to. */
  readonly unreachable: string
}

/**
 * The keys by which apt believes a repository: exactly the one with this fingerprint, looked at before it takes its place.
 * Needs the package gpg.
 */
export const aptKey = (path: string, { url, fingerprint, setting, unreachable }: AptKeyWish): Resource =>
  resource({
    name: `apt key ${path}`,
    desired: { fingerprint },
    actual: {
      fingerprint: sh`[ -e ${path} ] && command -v gpg >/dev/null || exit 44
home=$(mktemp -d) || exit
${fingerprintsIn(path)}
rm -rf "$home"`,
    },
    // What gpg has read is written anew: another program may find more in the same file, and what apt believes is what was looked at.
    fix: () => sh`
    home=$(mktemp -d)
    trap 'rm -rf "$home"' EXIT
    curl --fail --silent --show-error --location --retry 2 --max-time 60 --output "$home/new" ${url}
    gpg --homedir "$home" --batch --quiet --import-options import-export --import <"$home/new" >"$home/read" 2>/dev/null || true
    found=$(${fingerprintsIn(sh`"$home/read"`)})
    if [ "$found" != ${fingerprint} ]; then
      printf '%s\n' ${`${url} has another key than the pinned one`} "has:  \${found:-no key at all}" ${`pinned: ${fingerprint}`} >&2; exit 1
    fi
    mkdir -p -m 755 /etc/apt/keyrings
    install -m 644 "$home/read" ${`${path}.new`}
    mv -fT ${`${path}.new`} ${path}`,
    explain: (said) => another(said, setting) ?? unfetched(said, url, unreachable),
  })

const another = (said: string, setting: string): Explained | undefined =>
  said.includes('another key than the pinned one')
    ? {
        what: 'The repository has another key than the pinned one, and was not believed.',
        because: said.trim(),
        try: `did its owner announce a new key?  Only then write it into the inventory:  ${setting}`,
      }
    : undefined

function unfetched(said: string, url: string, unreachable: string): Explained | undefined {
  const words = said.split('\n').filter((line) => /^curl: \(\d+\)/.test(line))
  return words.length
    ? {
        what: "A repository's key cannot be fetched.",
        because: [`${url}:`, ...new Set(words)].join('\n'),
        try: `does the host reach it?  curl -sSIL ${url};  if it is not to: ${unreachable}`,
      }
    : undefined
}

// One for each key in the file, on one line.
const fingerprintsIn = (path: string | Sh): Sh =>
  sh`gpg --homedir "$home" --batch --quiet --with-colons --show-keys ${path} 2>/dev/null | awk -F: '$1 == "pub" { next_one = 1 } $1 == "fpr" && next_one { printf "%s%s", sep, $10; sep = " "; next_one = 0 } END { print "" }'`
