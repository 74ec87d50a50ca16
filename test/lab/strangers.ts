import { existsSync, readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'

/** A second sshd on a host: a real one, with a key of its own, that lets the same people in. */
export interface Stranger {
  readonly name: string
  readonly port: number
  /** Private half, as OpenSSH keeps it. */
  readonly key: string
  /** A line of a `-cert.pub` file. */
  readonly certificate?: string
  readonly bannerBytes?: number
}

const DIRECTORY = '/root/strangers'
const logOf = ({ name }: Stranger): string => `${DIRECTORY}/${name}/log`

/** Shell text that starts them all on the host where it runs. */
export const start = (strangers: readonly Stranger[]): string => ['set -e', ...strangers.map(starts)].join('\n')

const starts = (stranger: Stranger): string => {
  const { name, port, key, certificate, bannerBytes } = stranger
  const place = `${DIRECTORY}/${name}`
  return `mkdir -p ${place}
(umask 077; cat > ${place}/key <<'KEY'
${key.trimEnd()}
KEY
)
cat > ${place}/key-cert.pub <<'CERTIFICATE'
${certificate ?? ''}
CERTIFICATE
{ yes "$(printf '\\033]0;owned\\007\\033[2J')" | head -c ${bannerBytes ?? 0}; } > ${place}/banner 2>/dev/null || true
cat > ${place}/config <<'CONFIG'
Port ${port}
HostKey ${place}/key
${certificate ? `HostCertificate ${place}/key-cert.pub` : ''}
${bannerBytes ? `Banner ${place}/banner` : ''}
PidFile none
UsePAM no
LogLevel DEBUG1
PerSourcePenalties no
CONFIG
/usr/sbin/sshd -f ${place}/config -E ${logOf(stranger)}`
}

/** How many logins were asked for there, by its own log. `root` is where the host's files are seen from this machine. */
export function loginsAt(stranger: Stranger, root: string): number {
  const log = `${root}${logOf(stranger)}`
  return existsSync(log) ? (readFileSync(log, 'utf8').match(/userauth-request for user/g)?.length ?? 0) : 0
}

/**
 * Somebody who shows another's public key and does not have it: an SSH server whose own key is replaced on its way to the client.
 * Both as SSH sends them, and of one length. @returns where it listens
 */
export async function impostor(port: number, own: Buffer, shown: Buffer) {
  const server = createServer((client) => {
    const inner = connect(port, '127.0.0.1')
    for (const socket of [client, inner]) socket.on('error', () => undefined)
    client.pipe(inner)
    inner.on('data', (bytes) => {
      const at = bytes.indexOf(own)
      if (at >= 0) shown.copy(bytes, at)
      client.write(bytes)
    })
    client.on('close', () => inner.destroy())
    inner.on('close', () => client.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() }
}
