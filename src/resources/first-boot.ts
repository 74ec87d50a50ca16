import { resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'

/**
 * cloud-init has finished, or is not there. Its own `status --wait` can hang for ever, so it is asked again and again, with our deadline.
 * Degraded and error are ends as well: what it left undone is ours to do, and first contact has told its errors.
 */
export const firstBoot = () =>
  resource({
    name: 'first boot',
    desired: { 'cloud-init': 'finished' },
    actual: { 'cloud-init': status },
    fix: () => sh`:`,
    settle: {
      seconds: 900,
      because: sh`timeout 20 cloud-init status --long`,
      try: 'look at what it waits for:  tail /var/log/cloud-init-output.log',
    },
  })

// result.json is the last thing that cloud-init writes in a boot; asking the program itself takes half a second.
const status = sh`command -v cloud-init >/dev/null || { echo finished; exit; }
if [ -e /run/cloud-init/result.json ] || [ -e /run/cloud-init/disabled ] || [ -e /etc/cloud/cloud-init.disabled ]; then echo finished; exit; fi
said=$(timeout 20 cloud-init status 2>&1)
if [ $? = 124 ]; then echo 'no answer within 20 s'; exit; fi
case $said in
  *'status: done'*|*'status: disabled'*|*'status: degraded'*|*'status: error'*) echo finished ;;
  *'status: '*) said=\${said#*status: }; printf '%s\n' "$said" | head -n 1 ;;
  *) printf '%s\n' "$said" >&2; exit 1 ;;
esac`
