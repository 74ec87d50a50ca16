import { type Resource, resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'

/** These kernel settings are in force now. For the next boot they stand in a file of their own. */
export const sysctl = (settings: Readonly<Record<string, string>>): Resource => {
  const names = Object.keys(settings)
  const ask = sh`sysctl --ignore ${names}`
  return resource({
    name: 'kernel settings',
    desired: Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, spaced(value)])),
    actual: Object.fromEntries(names.map((name) => [name, { ask, read: (answer: string) => settingIn(answer, name) }])),
    fix: (changes) => Object.keys(changes).map((name) => sh`sysctl --quiet --write ${`${name}=${settings[name]}`}`),
  })
}

/** The same settings as the file that sets them at boot. */
export const sysctlFile = (settings: Readonly<Record<string, string>>): string =>
  `# Written by groundwork; the settings stand in the inventory.\n${Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')}`

function settingIn(answer: string, name: string): string | undefined {
  const line = answer.split('\n').find((one) => one.startsWith(`${name} =`))
  return line === undefined ? undefined : spaced(line.slice(name.length + 2))
}

const spaced = (value: string): string => value.trim().replace(/\s+/g, ' ')
