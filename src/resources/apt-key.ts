import { type Resource, resource } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'

/**
 * The keys by which apt believes a repository: exactly the one with this fingerprint, looked at before it takes its place.
 * Needs the package gpg.
 */
export const aptKey = (
  path: string,
  { url, fingerprint }: { readonly url: string; readonly fingerprint: string },
): Resource =>
  resource({
    name: `apt key ${path}`,
    desired: { fingerprint },
    actual: {
      fingerprint: sh`[ -e ${path} ] && command -v gpg >/dev/null || exit 44
home=$(mktemp -d) || exit
${fingerprintsIn(path)}
rm -rf "$home"`,
    },
    fix: () => sh`
    home=$(mktemp -d)
    trap 'rm -rf "$home"' EXIT
    curl --fail --silent --show-error --location --retry 2 --max-time 60 --output "$home/new" ${url}
    found=$(${fingerprintsIn(sh`"$home/new"`)})
    if [ "$found" != ${fingerprint} ]; then
      printf '%s\n' ${`${url} has another key than the pinned one`} "has:  \${found:-no key at all}" ${`pinned: ${fingerprint}`} >&2; exit 1
    fi
    mkdir -p -m 755 /etc/apt/keyrings
    install -m 644 "$home/new" ${`${path}.new`}
    mv -fT ${`${path}.new`} ${path}`,
    explain: (said) =>
      said.includes('another key than the pinned one')
        ? {
            what: 'The repository has another key than the pinned one, and was not believed.',
            because: said.trim(),
            try: 'did its owner announce a new key?  Only then change the fingerprint in src/steps/tailscale.ts',
          }
        : undefined,
  })

// One for each key in the file, on one line.
const fingerprintsIn = (path: string | Sh): Sh =>
  sh`gpg --homedir "$home" --batch --quiet --with-colons --show-keys ${path} 2>/dev/null | awk -F: '$1 == "pub" { next_one = 1 } $1 == "fpr" && next_one { printf "%s%s", sep, $10; sep = " "; next_one = 0 } END { print "" }'`
