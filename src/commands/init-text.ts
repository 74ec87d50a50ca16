import { stringify } from 'yaml'
import { pathText } from '../inventory/mark.ts'
import { inventoryFaults } from '../inventory/read.ts'

/** What a person said; '' is: leave it out. */
export interface Answers {
  readonly organization: string
  readonly platform: string
  readonly contact: string
  readonly provider: string
  /** existing. */
  readonly address: string
  readonly firstUser: string
  readonly hostKey: string
  /** digitalocean. */
  readonly region: string
  readonly size: string
  readonly operator: string
  /** The line of a .pub file, or `generated`. */
  readonly key: string
  readonly domain: string
}

/** An inventory of one host, with comments for whoever goes on from here. `schema`: there is one for editors beside it. */
export function initText(answers: Answers, schema: boolean): string {
  const { organization, platform, contact, provider, operator, key, domain } = answers
  const lines = [
    ...(schema ? ['# yaml-language-server: $schema=./schema.json'] : []),
    '# Written by groundwork init. A key that is not here has its default; inventories/example.yaml has all of them, with',
    '# comments. What a value is for:  npx tsx bootstrap.ts explain PATH --inventory THIS_FILE',
    '',
    `organization: ${scalar(organization)}`,
    withComment(`platform: ${scalar(platform)}`, 'what runs: a folder of src/platforms, or ./FOLDER beside this file'),
    withComment(`contact: ${scalar(contact)}`, 'e-mail address of those who keep the platform'),
    '',
    withComment('operators:', 'who may log in: one entry a person'),
    `  - name: ${scalar(operator)}`,
    withComment('    keys:', key === 'generated' ? 'groundwork makes the pair on this machine' : 'lines of .pub files'),
    `      - ${scalar(key)}`,
    '',
    withComment('hosts:', 'one manager, or three; any number of workers, with role: worker'),
    `  - name: ${scalar(`${organization}-1`)}`,
    `    provider: ${scalar(provider)}`,
    ...ofProvider(answers),
    '    role: manager',
    withComment('    labels: { role: storage }', "the platform's data is kept here"),
    ...(domain
      ? [
          '',
          'access:',
          withComment('  profile: public', 'from where it is used: localhost, lan or public'),
          `  domain: ${scalar(domain)}`,
        ]
      : []),
    ...(provider === 'digitalocean'
      ? [
          '',
          'digitalocean:',
          withComment('  token: { env: DIGITALOCEAN_TOKEN }', 'the token itself never stands in this file'),
        ]
      : []),
  ]
  return `${lines.join('\n')}\n`
}

/** What the reader has against one answer, where all others are right; undefined: nothing. */
export function answerFault(answers: Answers, path: readonly PropertyKey[], file: string): string | undefined {
  const wanted = pathText(path)
  return inventoryFaults(initText(answers, false), file).find((fault) => fault.path === wanted)?.message
}

function ofProvider({ provider, address, firstUser, hostKey, region, size }: Answers): readonly string[] {
  if (provider === 'existing')
    return [
      `    address: ${scalar(address)}`,
      withComment(`    firstUser: ${scalar(firstUser)}`, 'how the host is met: root, or who may use sudo'),
      hostKey
        ? `    hostKey: ${scalar(hostKey)}`
        : '    # hostKey: SHA256:…   of its console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub; without it a person confirms it once',
    ]
  if (provider === 'digitalocean') return [`    region: ${scalar(region)}`, `    size: ${scalar(size)}`]
  return []
}

const scalar = (value: string): string => stringify(value, { lineWidth: 0 }).trimEnd()

const withComment = (line: string, comment: string): string => `${line.padEnd(36)} # ${comment}`
