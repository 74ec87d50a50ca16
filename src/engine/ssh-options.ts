import { existsSync } from 'node:fs'

/** What the operator's own SSH settings say of a destination. */
export interface SshOptions {
  readonly hostname: string
  readonly port: number
  readonly user: string | undefined
  readonly identities: readonly string[]
  readonly agent: string | undefined
  /** The agent signs for the identity files only. */
  readonly identitiesOnly: boolean
  /** `user@host:port`, outermost first. */
  readonly jumps: readonly string[]
}

/**
 * Asks `ssh -G`, which reads ~/.ssh/config with its Include and Match lines as nobody else does.
 * Where there is no ssh: the destination as it is, the agent, and the usual identity files.
 */
export async function sshOptions(destination: string): Promise<SshOptions> {
  const lines = await settings(destination)
  const all = (key: string) => lines.filter(([name]) => name === key).map(([, value]) => value)
  const one = (key: string) => all(key)[0]
  const jump = one('proxyjump')
  const agent = one('identityagent')
  return {
    hostname: one('hostname') ?? destination,
    port: Number(one('port') ?? 22),
    user: one('user'),
    identities: all('identityfile').map(home).filter(existsSync),
    agent: agent === 'none' ? undefined : agent && agent !== 'SSH_AUTH_SOCK' ? home(agent) : process.env.SSH_AUTH_SOCK,
    identitiesOnly: one('identitiesonly') === 'yes',
    jumps: jump && jump !== 'none' ? jump.split(',') : [],
  }
}

async function settings(destination: string): Promise<readonly (readonly [string, string])[]> {
  const { $, which } = await import('zx/core')
  if (!(await which('ssh', { nothrow: true }))) {
    return ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => ['identityfile', `~/.ssh/${name}`] as const)
  }
  const { stdout } = await $({ quiet: true, timeout: '5s' })`ssh -G -- ${destination}`
  return stdout.split('\n').map((line) => {
    const space = line.indexOf(' ')
    return [line.slice(0, space), line.slice(space + 1)] as const
  })
}

const home = (path: string): string => path.replace(/^~(?=\/)/, process.env.HOME ?? '~')

/** Splits `user@host:port` (a ProxyJump's hop; IPv6 addresses stand in brackets). */
export function hop(text: string): {
  readonly user: string | undefined
  readonly host: string
  readonly port: number | undefined
} {
  const match = /^(?:ssh:\/\/)?(?:([^@]+)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(text)
  const host = (match?.[2] ?? text).replace(/^\[|\]$/g, '')
  return { user: match?.[1], host, port: match?.[3] ? Number(match[3]) : undefined }
}
