import { type Resource, step } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'
import { authorizedKeys } from '../resources/authorized-keys.ts'
import { sudoRule } from '../resources/sudo-rule.ts'
import { onlyUsers, user } from '../resources/user.ts'

/** Each operator has an account, keys and sudo; so has the account by which groundwork itself logs in. */
export const users = step({
  id: 'users',
  title: 'The operators can log in',
  guard: (host) => ({
    paths: [
      '/etc/passwd',
      '/etc/shadow',
      '/etc/group',
      '/etc/gshadow',
      '/etc/subuid',
      '/etc/subgid',
      '/etc/sudoers.d',
      ...new Set([host.user, host.firstUser].map((name) => (name === 'root' ? '/root/.ssh' : `/home/${name}/.ssh`))),
    ],
    reload: sh`:`,
  }),
  resources: ({ host, org }) => {
    const everybody = org.operators.flatMap(({ keys }) => keys)
    const own = host.user === 'root' ? [] : [host.user]
    const accounts = [...new Set([...org.operators.map(({ name }) => name), ...own])]
    const keysOf = (name: string): Resource =>
      own.includes(name)
        ? authorizedKeys(name, everybody, host.firstUser === name ? undefined : host.firstUser)
        : authorizedKeys(name, org.operators.find((operator) => operator.name === name)?.keys ?? [])
    return [
      ...accounts.flatMap((name) => [user(name), keysOf(name)]),
      sudoRule(accounts),
      onlyUsers([...accounts, host.firstUser]),
    ]
  },
})
