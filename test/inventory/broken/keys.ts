import { ANA, BEN, HOST_KEY } from './base.ts'
import { type Broken, one } from './entry.ts'

const CERTIFICATE = 'ssh-ed25519-cert-v01@openssh.com AAAAIHNzaA== ana'
const WEAK =
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCgr7gT9I6D9Waxbp8djcHvd7rOdbFCq6Qhhm9F7f6f538vatzJIgDt9EuGUlGrJnU8lLTEtugHJmzSH+waO2Q5XdRVAIJh+3ubJh05a3ceadQKGELrMN1LdE3ca9tdufbeD81OYOa5dS8cFwqDS3N3QbgMpyV/B76PZ6lr6ck2dw== old'
// It opens nothing.
const PRIVATE = '-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNzaC1rZXktdjEAAAAA'

/** Keys of people and of hosts. */
export const keys: readonly Broken[] = [
  one('no key', [`keys:\n      - ${ANA}`, 'keys: []'], '6:11', 'operators[0].keys', 'has no key', [
    'keys: []',
    `keys: ["${ANA}"]`,
  ]),
  one('private key', [BEN, PRIVATE], '10:9', 'operators[1].keys[0]', 'is a private key'),
  one('private key in a comment', [BEN, `${BEN} # ${PRIVATE}`], '10:101', '', 'is a private key', [
    ` # ${PRIVATE}`,
    '',
  ]),
  one('fingerprint for a key', [BEN, HOST_KEY], '10:9', 'operators[1].keys[0]', 'write the key itself', [
    `- name: ben\n    keys:\n      - ${HOST_KEY}`,
    `- name: ben\n    keys:\n      - ${BEN}`,
  ]),
  one(
    'file name for a key',
    [BEN, '~/.ssh/id_ed25519.pub'],
    '10:9',
    'operators[1].keys[0]',
    'what stands in that file',
  ),
  one('certificate for a key', [BEN, CERTIFICATE], '10:9', 'operators[1].keys[0]', 'is a certificate'),
  one('DSA key', [BEN, 'ssh-dss AAAA old'], '10:9', 'operators[1].keys[0]', 'is a DSA key'),
  one('weak key', [BEN, WEAK], '10:9', 'operators[1].keys[0]', 'RSA key of 1024 bits'),
  one(
    'key with options',
    [BEN, `'command="id" ${BEN}'`],
    '10:9',
    'operators[1].keys[0]',
    'a key begins with ssh-ed25519',
  ),
  one('key cut off', [BEN, BEN.slice(0, 60)], '10:9', 'operators[1].keys[0]', 'is cut off or damaged'),
  one(
    'key of another type',
    [BEN, BEN.replace('ssh-ed25519', 'ssh-rsa')],
    '10:9',
    'operators[1].keys[0]',
    'holds another kind of key',
  ),
  one(
    'the same key twice',
    [BEN, `${BEN}\n      - ${BEN} again`],
    '11:9',
    'operators[1].keys[1]',
    'the same key a second time',
    [`\n      - ${BEN} again`, ''],
  ),
  one('generated key with other hosts', [BEN, 'generated'], '10:9', 'operators[1].keys[0]', 'for sandboxes alone'),
  one('two operators of one name', ['name: ben', 'name: ana'], '8:11', 'operators[1].name', 'is ana a second time', [
    `  - name: ana\n    keys:\n      - ${BEN}`,
    `      - ${BEN}`,
  ]),
  one('operator of the system', ['name: ben', 'name: root'], '8:11', 'operators[1].name', 'an account of the system'),
  one(
    'host key without its kind',
    [HOST_KEY, HOST_KEY.slice(7)],
    '15:14',
    'hosts[0].hostKey',
    'SHA256: and 43 characters',
  ),
  one(
    'host key as MD5',
    [HOST_KEY, 'MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48'],
    '15:14',
    'hosts[0].hostKey',
    'MD5 fingerprint',
  ),
  one(
    'host key itself',
    [`hostKey: ${HOST_KEY}`, `hostKey: ${ANA}`],
    '15:14',
    'hosts[0].hostKey',
    `write its fingerprint: ${HOST_KEY}`,
  ),
]
