import type { Explained } from '../engine/resource.ts'

/** What apt and dpkg print in a weather, what it means, and what to type. The first that fits is told. */
const weathers: readonly {
  readonly when: RegExp
  readonly what: string
  readonly because?: (said: Said) => string
  readonly try: string | ((said: Said) => string)
}[] = [
  {
    when: /Could not get lock|Unable to acquire the dpkg|Unable to lock/,
    what: 'Somebody else installs packages on this host.',
    try: 'look at what it does:  tail /var/log/apt/term.log',
  },
  {
    when: /enough free space|No space left on device|Disk quota exceeded/,
    what: 'There is no room for the packages.',
    try: 'make room:  df -h; df -i; du -xh / | sort -h | tail -n 20',
  },
  {
    when: /Conflicting values set for option/,
    what: 'Two of apt’s sources name the same archive with different keys.',
    because: (said) => [...said.errors('Conflicting values'), ...said.sources(/source (\S+)/)].join('\n'),
    try: 'keep one of these lines, take the other away',
  },
  {
    when: /Malformed (line|entry|stanza)|list of sources could not be read|Unable to parse/,
    what: 'apt’s sources cannot be read.',
    try: 'correct the file that is named',
  },
  {
    when: /is not signed|couldn't be verified|signatures were invalid|NO_PUBKEY|BADSIG|EXPKEYSIG|signature verification failed/i,
    what: 'A package source is not signed by the key that is known for it; nothing was taken from it.',
    because: (said) => said.mirrors() || said.errors('is not signed').join('\n'),
    try: 'has its key changed, or is somebody in between? its keys:  ls -l /etc/apt/keyrings /usr/share/keyrings; its line:  grep -r signed-by /etc/apt/sources.list /etc/apt/sources.list.d',
  },
  {
    when: /is expired \(invalid since|is not valid yet/,
    what: 'The lists of a package source are of another time.',
    because: (said) => said.errors('is expired', 'is not valid yet').join('\n'),
    try: 'is the clock right?  date;  if it is, this mirror is no longer kept up: name another one in its file under /etc/apt',
  },
  {
    when: /resolving '|Could not resolve|Could not connect|Unable to connect|Cannot initiate the connection|onnection timed out|Connection failed|onnection refused|apt-get update did not end/,
    what: 'The package mirror does not answer.',
    because: (said) => said.mirrors() || said.errors().join('\n'),
    try: (said) =>
      said.proxy()
        ? `is the proxy right?  apt-config dump Acquire::http::Proxy;  does it answer?  curl -sI http://${said.proxy()}`
        : `is the host's network up?  ip route; getent hosts ${said.host() ?? 'deb.debian.org'}; curl -sI http://${said.host() ?? 'deb.debian.org'}`,
  },
  {
    when: /Hash Sum mismatch|unexpected size|Mirror sync in progress/,
    what: 'What the mirror sends is not what it has signed; nothing of it was used.',
    because: (said) => said.mirrors() || said.errors().join('\n'),
    try: 'the mirror is in the middle of its update, or something in between changes what it sends: wait some minutes, or name another mirror in /etc/apt',
  },
  {
    when: /Version '[^']*' for '[^']*' was not found/,
    what: 'The wanted version is in no package source.',
    because: (said) => [...said.errors('was not found'), said.versions()].join('\n'),
    try: (said) =>
      `take one that is there into the inventory (docker.version); look:  apt-cache policy ${said.wanted() ?? ''}`,
  },
  {
    when: /Unable to locate package|has no installation candidate/,
    what: 'No package source has this package.',
    because: (said) => said.errors('Unable to locate', 'no installation candidate').join('\n'),
    try: 'is it written right (system.packages in the inventory)? look:  apt-cache search NAME',
  },
  {
    when: /does(n't| not) have a Release file|404\s+Not Found|Failed to fetch/,
    what: 'The mirror has not what is wanted of it.',
    because: (said) => said.mirrors() || said.errors().join('\n'),
    try: 'is it the right address, and does it still keep this release? its line stands in /etc/apt/sources.list or /etc/apt/sources.list.d',
  },
  {
    when: /can't find an archive for it/,
    what: 'A package is half installed, and no package source has it any more.',
    because: (said) => said.errors().join('\n'),
    try: 'if nothing needs it:  dpkg --remove --force-remove-reinstreq NAME',
  },
  {
    when: /dpkg: error processing/,
    what: 'A package’s own script or files failed.',
    because: (said) => said.dpkg(),
    try: (said) =>
      `see to that, then:  dpkg --configure -a;  or, if nothing needs it:  apt-get purge ${said.failed() ?? 'NAME'}`,
  },
  {
    when: /unmet dependencies|held broken packages|Held packages were changed/,
    what: 'These packages do not go together with what is installed or held.',
    because: (said) => said.dependencies(),
    try: 'what is held, and what would be taken?  apt-mark showhold; apt-cache policy NAME',
  },
  {
    when: /did not end within \d+ s/,
    what: 'apt hung, and was ended.',
    because: (said) => said.errors('did not end').join('\n'),
    try: 'look at what it waited for:  tail -n 20 /var/log/apt/term.log; ps -ef --forest',
  },
]

/** Reads what a fix with apt or dpkg in it has printed before it failed. Only its last try counts. */
export function aptFault(text: string): Explained | undefined {
  const said = read(text.slice(Math.max(0, text.lastIndexOf('\ntry '))))
  const found = weathers.find(({ when }) => when.test(said.text))
  if (!found) return undefined
  const because = found.because?.(said) || said.line(found.when)
  return {
    what: found.what,
    because,
    try: `${typeof found.try === 'string' ? found.try : found.try(said)}; the same command goes on where this stopped`,
  }
}

type Said = ReturnType<typeof read>

function read(text: string) {
  const lines = text.split('\n')
  // `Err:1 http://mirror/debian trixie InRelease` and, below it, the reason; or both in one line of E: or W:.
  const failures = lines.flatMap((line, index) => {
    const url = /^(?:Err:\d+ |[EW]: Failed to fetch )(\w+:\/*([^/\s]*)\S*)(?:\s\s+(.+))?/.exec(line)
    const below = lines[index + 1]?.startsWith('  ') ? lines[index + 1]?.trim() : undefined
    const reason = url?.[3] ?? below
    return url?.[2] !== undefined && reason ? [{ url: url[1] ?? '', host: url[2] || (url[1] ?? ''), reason }] : []
  })
  const errors = (...parts: readonly string[]) => [
    ...new Set(
      lines
        .filter((line) => /^[EW]: /.test(line) && (!parts.length || parts.some((part) => line.includes(part))))
        .map((line) => line.slice(3)),
    ),
  ]
  // apt names whom it connected to: where that is not the mirror of the line, it is a proxy.
  const proxy = () =>
    failures.flatMap(({ host, reason }) => {
      const [, name = '', port = ''] = /onnect(?:ion)? to ([^\s:]+):(\d+)/.exec(reason) ?? []
      return name && name !== host.replace(/:\d+$/, '') ? [`${name}:${port}`] : []
    })[0]
  return {
    text,
    errors,
    proxy,
    host: () => failures[0]?.host,
    line: (pattern: RegExp) =>
      lines
        .find((line) => pattern.test(line))
        ?.replace(/^[EW]: /, '')
        .trim() ?? '',
    mirrors: () => {
      const first = new Map<string, string>()
      for (const { url, host, reason } of failures) if (!first.has(host)) first.set(host, `${url}: ${reason}`)
      return [...first.values()].join('\n')
    },
    sources: (pattern: RegExp) => {
      const named = pattern.exec(text)?.[1]?.replace(/\/$/, '') ?? ''
      return lines.filter((line) => line.startsWith('source: ') && line.includes(named)).map((line) => line.slice(8))
    },
    wanted: () => /Version '[^']*' for '([^']*)'/.exec(text)?.[1],
    versions: () => {
      const there = lines.flatMap((line) => /^available: (\S+) \|\s+(\S+)/.exec(line)?.slice(1, 3).join(' ') ?? [])
      return there.length ? `there are: ${[...new Set(there)].join(', ')}` : 'there is none at all'
    },
    failed: () => /dpkg: error processing (?:package|archive) (?:\S*\/)?([a-z0-9.+-]+)/.exec(text)?.[1],
    dpkg: () => {
      const at = lines.findIndex((line) => line.startsWith('dpkg: error processing'))
      return lines
        .slice(Math.max(0, at - 3), at + 2)
        .map((line) => line.trim())
        .join('\n')
    },
    dependencies: () => {
      const at = lines.findIndex((line) => line.includes('unmet dependencies'))
      const below = at < 0 ? [] : lines.slice(at + 1).filter((line) => line.startsWith(' '))
      return (below.length ? below.slice(0, 6).map((line) => line.trim()) : errors()).join('\n')
    },
  }
}
