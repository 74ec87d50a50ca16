/**
 * What is compared before and after a run that should change nothing, or that should bring everything back.
 * `shape` is what a person means by "the same"; `identity` also tells whether something was stopped, made again or rewritten.
 */
export interface Digest {
  readonly shape: readonly string[]
  readonly identity: readonly string[]
}

/** What is left out of a digest, each with its reason. Reviewed by hand: every line here is a difference that nobody would see. */
export const leftOut: readonly { readonly pattern: RegExp; readonly because: string }[] = [
  {
    pattern: /^(content|file) .* \/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/,
    because: 'what useradd keeps of the state before it; the state itself is compared, in sorted order',
  },
  {
    pattern: /^unit (session|user|run|user-runtime-dir)[-@]?[^ ]*\.(scope|slice|service|mount)/,
    because: 'logins come and go, the test’s own among them',
  },
  {
    pattern:
      /^unit (systemd-(tmpfiles-clean|hostnamed|timedated|localed)|apt-daily[^ ]*|dpkg-db-backup|man-db|e2scrub[^ ]*|fstrim|logrotate|motd-news)\./,
    because: 'started by timers and by D-Bus whenever they like',
  },
  {
    pattern: /^unit (docker-[^ ]*|run-docker[^ ]*|var-lib-docker[^ ]*|sys-[^ ]*|dev-[^ ]*)\.(scope|mount|device)/,
    because: 'a container’s mounts; the container itself stands under docker',
  },
  {
    pattern: /^file [^/]* \/etc\/(\.pwd\.lock|ld\.so\.cache|mtab)/,
    because: 'caches and lock files of the system, without content of ours',
  },
]

/** Shell text whose output is the digest. Rules with a container’s address are left out in the text itself: Docker gives each new container the next one. */
export const digestText = String.raw`
export LC_ALL=C
echo '# shape'
find /etc -xdev \( -type f -printf 'file %m %U:%G %p\n' -o -type l -printf 'link %p %l\n' -o -type d -printf 'folder %m %U:%G %p\n' \) | sort
find /etc -xdev -type f ! -name passwd ! -name group ! -name shadow ! -name gshadow -print0 | sort -z | xargs -0 sha256sum | sed 's/^/content /'
for f in passwd group shadow gshadow; do sort /etc/$f | sha256sum | sed "s|-$|/etc/$f, sorted|; s/^/content /"; done
find /var/lib/groundwork -type f ! -path '*/replaced/*' ! -path '*/services/*' 2>/dev/null | sort | xargs -r sha256sum | sed 's/^/content /'
find /srv -maxdepth 2 -printf 'data %m %U:%G %p\n' 2>/dev/null | sort
dpkg-query -W -f 'package ${'$'}{db:Status-Abbrev} ${'$'}{Package} ${'$'}{Version}\n'
apt-mark showhold | sed 's/^/held /'
systemctl list-unit-files --no-legend --no-pager | awk '{ print "enabled", $1, $2 }'
systemctl list-units --all --no-legend --no-pager --plain | awk '{ print "unit", $1, $2, $3, $4 }' | sort
nft -s list ruleset 2>/dev/null | grep -v 'comment "!fw3' | sed 's/^/nft /' | grep -vE 'DOCKER|docker_gwbridge|veth|172\.|10\.20[0-9]\.' || true
sysctl -a -r '^net' 2>/dev/null | grep -E '^net\.(ipv4|ipv6|core)\.(ip_forward|conf\.(all|default)\.|tcp_|somaxconn)' | sed 's/^/sysctl /' || true
docker service ls --format 'service {{.Name}} {{.Mode}} {{.Replicas}} {{.Image}}' 2>/dev/null | sort
docker service ls -q 2>/dev/null | xargs -r docker service inspect --format '{{.Spec.Name}} {{json .Spec}}' | sed 's/"ForceUpdate":[0-9]*,//; s/^/spec /' | sed -E 's/"Target":"[a-z0-9]{25}"/"Target":"ID"/g; s/"(SecretID|ConfigID)":"[a-z0-9]+"/"\1":"ID"/g' | sort
docker network ls --format 'network {{.Name}} {{.Driver}} {{.Scope}} {{.Internal}}' 2>/dev/null | sort
docker volume ls --format 'volume {{.Name}} {{.Driver}}' 2>/dev/null | sort
docker secret ls --format 'secret {{.Name}}' 2>/dev/null | sort
docker config ls --format 'config {{.Name}}' 2>/dev/null | sort
docker node ls --format 'node {{.Hostname}} {{.Status}} {{.Availability}} {{.ManagerStatus}}' 2>/dev/null | sort
docker node ls -q 2>/dev/null | xargs -r docker node inspect --format 'labels {{.Description.Hostname}} {{json .Spec.Labels}}' | sort
docker image ls --format 'image {{.Repository}}:{{.Tag}}' 2>/dev/null | grep -v '<none>' | sort
echo '# identity'
find /etc -xdev -printf 'changed %C@ %p\n' | sort -k 3
systemctl list-units --type=service --state=active --no-legend --plain | awk '{ print $1 }' | grep -vE '^(user|session)' | sort | xargs -r systemctl show --property=Id,ExecMainPID,ActiveEnterTimestampMonotonic | paste -s -d ' ' | sed 's/  /\n/g' | sed 's/^/started /'
docker ps --no-trunc --format 'container {{.ID}} {{.Names}}' 2>/dev/null | sort
docker service ls --format 'id {{.ID}} {{.Name}}' 2>/dev/null | sort
docker network ls --no-trunc --format 'id {{.ID}} {{.Name}}' 2>/dev/null | sort
docker secret ls --format 'id {{.ID}} {{.Name}}' 2>/dev/null | sort
docker config ls --format 'id {{.ID}} {{.Name}}' 2>/dev/null | sort
docker image ls --no-trunc --format 'id {{.ID}} {{.Repository}}:{{.Tag}}' 2>/dev/null | sort
`

/** Reads what digestText printed, without what is left out. */
export function readDigest(text: string): Digest {
  const [, shape = '', identity = ''] = text.split(/^# (?:shape|identity)$/m)
  const lines = (part: string) =>
    part
      .trim()
      .split('\n')
      .filter((line) => !leftOut.some(({ pattern }) => pattern.test(line)))
  return { shape: lines(shape), identity: lines(identity) }
}

/** The lines that only one of the two has, as a person reads them. */
export function differences(before: readonly string[], after: readonly string[]): readonly string[] {
  const had = new Set(before)
  const has = new Set(after)
  return [
    ...before.filter((line) => !has.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !had.has(line)).map((line) => `+ ${line}`),
  ]
}
