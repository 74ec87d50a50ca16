import { list, type Mark, record } from './mark.ts'
import { repeated } from './repeated.ts'

/** Operators are people, each once; a key that groundwork makes only opens hosts that groundwork makes. */
export function checkOperators(value: unknown): readonly Mark[] {
  const operators = list(record(value).operators).map(record)
  const onlySandboxes = list(record(value).hosts).every((host) => record(host).provider === 'sandbox')
  return [
    ...repeated(
      operators.map(({ name }) => name),
      (index) => ['operators', index, 'name'],
      (name) => `is ${name} a second time; put the keys of one person under one name`,
    ),
    ...operators.flatMap(({ name }, index) =>
      typeof name === 'string' && SYSTEM_ACCOUNTS.includes(name)
        ? [{ path: ['operators', index, 'name'], message: `is ${name}, an account of the system; name a person` }]
        : [],
    ),
    ...operators.flatMap(({ keys }, operator) => [
      ...repeated(
        list(keys).map((key) => (typeof key === 'string' ? key.split(' ').slice(0, 2).join(' ') : undefined)),
        (index) => ['operators', operator, 'keys', index],
        () => 'is the same key a second time; take it out',
      ),
      ...list(keys).flatMap((key, index) =>
        key === 'generated' && !onlySandboxes
          ? [
              {
                path: ['operators', operator, 'keys', index],
                message: 'is generated, which is for sandboxes alone; write the line of a .pub file',
              },
            ]
          : [],
      ),
    ]),
  ]
}

// Of Debian's base-passwd and the packages that groundwork installs.
const SYSTEM_ACCOUNTS = (
  'root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc nobody _apt sshd messagebus ' +
  'systemd-network systemd-timesync polkitd docker'
).split(' ')
