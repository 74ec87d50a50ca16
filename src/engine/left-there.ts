import { Secret } from './secret.ts'

/** What a host carries of us, and what a person should know before more is sent there. */
export interface Left {
  /** The organization whose mark the host carries. */
  readonly organization: string | undefined
  /** The organization's key, where this host keeps it. */
  readonly key: Secret | undefined
  /** The secrets of the provider's keys, where this host keeps them: one line. */
  readonly keptKeys: Secret | undefined
  /** A change that an earlier run could not prove: still armed, or undone by the host itself. */
  readonly unproven: 'armed' | 'reverted' | undefined
  /** Docker volumes are there. */
  readonly volumes: boolean
  /** Sentences for the person who reads the run. */
  readonly remarks: readonly string[]
}

/** Where a host keeps what groundwork must remember there. */
export const HOST_STATE = '/var/lib/groundwork'

/** Asked as root, in one go and without single quotes, so that one sudo does. A line a thing: its name, its value. */
export const leftThere = `cd ${HOST_STATE} 2>/dev/null || cd /
for name in organization key spaces-keys; do [ ! -e $name ] || { read -r line < $name; echo "$name $line"; }; done
if [ -e guard/revert ]; then echo unproven armed; elif [ -e reverted ]; then echo unproven reverted; fi
for volume in /var/lib/docker/volumes/*/; do [ ! -d "$volume" ] || echo volumes yes; break; done
if [ -n "\${SUDO_USER:-}" ]; then
  if cat /etc/sudoers /etc/sudoers.d/* 2>/dev/null | grep -E "[^!](log_input|LOG_INPUT)" |
    grep -qE "^(Defaults(:([^ ]*,)?$SUDO_USER(,[^ ]*)?)?|$SUDO_USER) "; then echo recorded yes; fi
  grep -qws -- "$(uname -n)" /etc/hosts || grep -qs myhostname /etc/nsswitch.conf || echo nameless "$(uname -n)"
fi
if [ -e /run/cloud-init/result.json ]; then
  result=$(tr -s " \\n" "  " </run/cloud-init/result.json | head -c 600)
  if echo "$result" | grep -q "errors.: *\\[ *[^] ]"; then echo first-boot "$result"; fi
fi
exit 0`

/** Reads what `leftThere` printed; a line that it did not print is passed over. */
export function readLeft(text: string): Left {
  const lines = text.split('\n').map((line) => /^(\S+) (.*)$/.exec(line))
  const value = (name: string): string | undefined => lines.find((line) => line?.[1] === name)?.[2]
  const key = value('key')
  const keptKeys = value('spaces-keys')
  const unproven = value('unproven')
  return {
    organization: value('organization')?.slice(0, 100),
    key: key === undefined ? undefined : new Secret(key),
    keptKeys: keptKeys === undefined ? undefined : new Secret(keptKeys),
    unproven: unproven === 'armed' || unproven === 'reverted' ? unproven : undefined,
    volumes: value('volumes') === 'yes',
    remarks: [recorded(value('recorded')), nameless(value('nameless')), firstBoot(value('first-boot'))].flatMap(
      (remark) => remark ?? [],
    ),
  }
}

const recorded = (found: string | undefined): string | undefined =>
  found &&
  'sudo may record there what is sent to it (log_input): secrets then stand in /var/log/sudo-io; take it away with  Defaults !log_input'

const nameless = (name: string | undefined): string | undefined =>
  name && `does not know the address of its own name ${name}: each sudo may wait for DNS; a run puts it into /etc/hosts`

const firstBoot = (result: string | undefined): string | undefined =>
  result &&
  `its first boot ended with errors, and a run goes on without it: ${result.slice(0, 300)} (more: cloud-init status --long)`
