import { spawnSync } from 'node:child_process'

// The tests' own oracles: real shells to quote for, a real ssh to log in with, GnuPG to sign a repository, OpenSSL for a certificate, a terminal to be asked on, a look at all that is opened. A sandbox installs what it needs itself.
const oracles: Readonly<Record<string, string>> = {
  dash: 'dash',
  busybox: 'busybox',
  ssh: 'openssh-client',
  gpg: 'gnupg',
  openssl: 'openssl',
  script: 'bsdutils',
  strace: 'strace',
}

/** Before the first test: what the tests need is there, or is installed after saying so, or is named with the command that installs it. */
export function setup(): void {
  const missing = Object.entries(oracles).filter(([command]) => spawnSync('sh', ['-c', `command -v ${command}`]).status)
  if (!missing.length) return
  const names = missing.map(([, name]) => name)
  const command = `apt-get update && apt-get install -y ${names.join(' ')}`
  if (process.getuid?.() !== 0 || spawnSync('sh', ['-c', 'command -v apt-get']).status)
    throw new Error(`The tests need ${names.join(', ')}:  ${command}`)
  console.log(`The tests need ${names.join(', ')}, which is installed now:  ${command}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status, stderr } = spawnSync('sh', ['-c', command], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0) throw new Error(`${command}\n${stderr}`)
}
