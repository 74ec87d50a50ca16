import { type Resource, resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'

/** This account is a member of this group. */
export const groupMember = (group: string, name: string): Resource =>
  resource({
    name: `member ${name} of group ${group}`,
    desired: { member: 'yes' },
    actual: {
      member: { ask: sh`cat /etc/group`, read: (answer) => (members(answer, group)?.includes(name) ? 'yes' : 'no') },
    },
    fix: () => sh`usermod --append --groups ${group} -- ${name}`,
  })

const members = (answer: string, group: string): readonly string[] | undefined =>
  answer
    .split('\n')
    .find((line) => line.startsWith(`${group}:`))
    ?.split(':')[3]
    ?.split(',')
