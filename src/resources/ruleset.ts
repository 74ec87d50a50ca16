import { type Resource, resource } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'

/**
 * What the kernel filters with is this text. The kernel lists rules in its own words, so the text is loaded once into an
 * empty network namespace and both are listed: what differs is what somebody changed.
 */
export const ruleset = (table: string, text: string, reload: Sh): Resource =>
  resource({
    name: `ruleset ${table}`,
    desired: { rules: 'as written' },
    actual: {
      rules: sh`command -v nft >/dev/null || exit 44
wanted=$(unshare --net /bin/sh -c 'printf %s "$1" | nft -f - && nft -s list table inet "$2"' check ${text} ${table}) || exit
live=$(nft -s list table inet ${table} 2>/dev/null) || exit 44
${compare}`,
    },
    fix: () => reload,
  })

const compare = sh`if [ "$wanted" = "$live" ]; then echo 'as written'; exit; fi
directory=$(mktemp -d) || exit
printf '%s\n' "$wanted" > "$directory/wanted"; printf '%s\n' "$live" > "$directory/live"
diff "$directory/wanted" "$directory/live" | sed -n 's/^<[[:space:]]*/missing: /p; s/^>[[:space:]]*/added: /p' | head -n 5
rm -rf "$directory"`
