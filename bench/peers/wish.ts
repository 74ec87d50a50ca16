/** What every tool is told to make so: the same things, each in the tool's own words. */
export interface Wish {
  readonly files: readonly WishedFile[]
  /** One resource: every tool takes them as one list. */
  readonly packages: readonly string[]
  readonly users: readonly string[]
  /** Enabled and running. */
  readonly units: readonly string[]
  readonly timeZone: string
}

export interface WishedFile {
  readonly name: string
  readonly path: string
  readonly content: string
  readonly mode: string
}

const UNITS = ['cron.service', 'ssh.service', 'apt-daily.timer', 'dpkg-db-backup.timer']

/** As many resources: mostly files, as on a real host; two in twenty are users, two are units, one is the packages, one the time zone. */
export function wish(resources: number): Wish {
  const users = resources / 10
  const units = resources > 100 ? UNITS : UNITS.slice(0, 2)
  return {
    files: Array.from({ length: resources - users - units.length - 2 }, (_, index) => file(index)),
    packages: ['cron', 'tree', 'bc', 'pv'],
    users: Array.from({ length: users }, (_, index) => `bench${index}`),
    units,
    timeZone: 'Europe/Vienna',
  }
}

// Some 600 bytes, as settings files are; every third is for root's eyes only.
function file(index: number): WishedFile {
  const name = `setting-${index}.conf`
  const lines = Array.from({ length: 20 }, (_, line) => `setting_${index}_${line} = value ${index * line}\n`)
  return {
    name,
    path: `/etc/bench/${name}`,
    content: `# Settings ${index}\n${lines.join('')}`,
    mode: index % 3 ? '644' : '600',
  }
}
