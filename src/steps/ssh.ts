import { step } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'
import type { Host, Org } from '../inventory/org.ts'
import { command } from '../resources/command.ts'
import { file } from '../resources/file.ts'
import { sshdSettings } from '../resources/sshd-settings.ts'
import { systemdUnit } from '../resources/systemd-unit.ts'
import { template } from '../resources/template.ts'

const DROP_IN = '/etc/ssh/sshd_config.d/00-groundwork.conf'
const MAIN = '/etc/ssh/sshd_config'

/** Nobody guesses a password where there is none to guess. */
export const ssh = step({
  id: 'ssh',
  title: 'SSH takes keys only',
  guard: () => ({
    paths: [MAIN, '/etc/ssh/sshd_config.d'],
    reload: sh`systemctl daemon-reload; systemctl reset-failed ssh; if systemctl is-active --quiet ssh.socket; then systemctl restart ssh.socket; fi; systemctl restart ssh`,
  }),
  resources: ({ host, org }) => {
    const settings = settingsFor(host, org)
    const dropIn = file(DROP_IN, { content: template(DROP_IN.slice(1), { settings }), check: sh`sshd -t -f` })
    const effective = sshdSettings(settings, DROP_IN)
    return [
      portPasses(org.ssh.port),
      dropIn,
      effective,
      systemdUnit('ssh', { restartAfter: [dropIn, effective, MAIN] }),
    ]
  },
})

const settingsFor = (host: Host, org: Org): Readonly<Record<string, string>> => ({
  Port: String(org.ssh.port),
  PubkeyAuthentication: 'yes',
  PasswordAuthentication: 'no',
  KbdInteractiveAuthentication: 'no',
  PermitEmptyPasswords: 'no',
  PermitRootLogin: host.user === 'root' ? 'prohibit-password' : 'no',
  MaxAuthTries: '6',
  LoginGraceTime: '30',
  X11Forwarding: 'no',
})

// The firewall comes behind this step in the list; where it stands already, a new port must pass before sshd moves there.
const portPasses = (port: number) =>
  command("SSH's port in the firewall", {
    is: sh`if ! command -v nft >/dev/null || ! nft list set inet groundwork ssh >/dev/null 2>&1; then echo open
elif nft get element inet groundwork ssh ${`{ ${port} }`} >/dev/null 2>&1; then echo open
else echo closed; fi`,
    wanted: 'open',
    make: sh`nft add element inet groundwork ssh ${`{ ${port} }`}`,
  })
