import { existsSync } from 'node:fs'
import { platforms } from '../inventory/check-services.ts'
import { knownAt } from '../inventory/known.ts'
import { inventorySchema } from '../inventory/schema.ts'
import { printable } from '../report/printable.ts'
import { type Answers, answerFault } from './init-text.ts'
import { publicKeys } from './public-keys.ts'
import { answered } from './questions.ts'

/** Asks for what an inventory of one host needs; each answer is looked at as the reader does. @throws Fault (exit 130) at Ctrl-C */
export async function initAnswers(
  file: string | undefined,
  fileOf: (organization: string) => string,
): Promise<Answers> {
  const { text, select } = await import('@clack/prompts')
  let answers = UNASKED
  const target = () => file ?? fileOf(answers.organization)
  /** A line of text; '' where it may be left out. */
  const line = async (key: keyof Answers, message: string, path: readonly PropertyKey[], initialValue = '') => {
    const validate = (value = '') =>
      (value === '' && MAY_BE_NONE.includes(key)
        ? undefined
        : answerFault({ ...answers, [key]: value.trim() }, path, target())) ??
      (key === 'organization' && file === undefined && existsSync(fileOf(value))
        ? `${fileOf(value)} is there already; another name, or change that file`
        : undefined)
    const said = answered(await text({ message, initialValue, validate }))
    answers = { ...answers, [key]: said.trim() }
  }
  const choice = async (key: keyof Answers, message: string, options: readonly { value: string; label: string }[]) => {
    const [only] = options
    const said = options.length === 1 && only ? only.value : answered(await select({ message, options: [...options] }))
    answers = { ...answers, [key]: said }
  }

  await line('organization', 'Name of the organization: small letters, digits, dashes', ['organization'])
  await choice(
    'platform',
    'What shall run?',
    platforms().map((name) => ({ value: name, label: name })),
  )
  await line('contact', 'E-mail address of those who keep it', ['contact'])
  await choice('provider', `Where is the first host, ${answers.organization}-1?`, providers())
  if (answers.provider === 'existing') {
    await line('address', 'Its address: a name, an IP address, or an alias of ~/.ssh/config', [...HOST, 'address'])
    await line('firstUser', 'Who logs in there at first: root, or who may use sudo', [...HOST, 'firstUser'], 'root')
    await line(
      'hostKey',
      'Its fingerprint, SHA256:… (on its console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub; empty: confirmed at the first run)',
      [...HOST, 'hostKey'],
    )
  }
  if (answers.provider === 'digitalocean') {
    await line('region', 'Region', [...HOST, 'region'], UNASKED.region)
    await line('size', 'Size', [...HOST, 'size'], UNASKED.size)
  }
  await line('operator', 'Your account on the hosts', ['operators', 0, 'name'], ownName())
  await choice('key', 'Your public key', keys(answers.provider))
  if (answers.key === '')
    await line('key', 'The line of your .pub file (a new pair: ssh-keygen -t ed25519)', ['operators', 0, 'keys', 0])
  if (answers.provider !== 'sandbox')
    await line('domain', 'Domain under which the platform is reached (empty: none yet)', ['access', 'domain'])
  return answers
}

const HOST = ['hosts', 0]
const MAY_BE_NONE: readonly (keyof Answers)[] = ['hostKey', 'domain']

// Right by themselves, so that one answer after the other can be looked at.
const UNASKED: Answers = {
  organization: 'org',
  platform: 'demo',
  contact: 'ops@example.org',
  provider: 'sandbox',
  address: '192.0.2.1',
  firstUser: 'root',
  hostKey: '',
  region: 'nyc3',
  size: 's-2vcpu-4gb',
  operator: 'operator',
  key: '',
  domain: '',
}

const PROVIDER_WORDS: Readonly<Record<string, string>> = {
  existing: 'it is there already, reached by SSH',
  sandbox: 'made on this machine, to be thrown away',
  digitalocean: 'made at DigitalOcean',
}

const providers = () =>
  knownAt(inventorySchema, ['hosts', 0, 'provider']).values.map((value) => ({
    value,
    label: `${value}: ${PROVIDER_WORDS[value] ?? ''}`,
  }))

const keys = (provider: string) => [
  ...(provider === 'sandbox'
    ? [{ value: 'generated', label: 'generated: groundwork makes a pair on this machine' }]
    : []),
  ...publicKeys().map(({ file, line }) => ({
    value: line,
    label: printable(`${file}: ${line.split(' ')[0]} ${line.split(' ').slice(2).join(' ')}`),
  })),
  { value: '', label: 'another: I paste the line of its .pub file' },
]

// Root is nobody's name.
function ownName(): string {
  const { USER: username = '' } = process.env
  return answerFault({ ...UNASKED, operator: username, key: 'generated' }, ['operators', 0, 'name'], 'init.yaml')
    ? ''
    : username
}
