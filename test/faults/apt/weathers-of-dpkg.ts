import type { PackageWish } from '../../lab/apt/debian-package.ts'
import { part } from '../chance.ts'
import { publishing, sun, type Weather } from './weather.ts'

const HELD_SECONDS = part(6, 15)

/** Shell text: a process that holds this lock as apt does (fcntl; `flock` would not keep apt out), and says when it ends by itself. */
export const hold = (lock: string, seconds: number): string => `
mkdir -p /run/weather; rm -f /run/weather/held
cat > /run/weather/holder.py <<'END'
import fcntl, os, sys, time
with open(sys.argv[1], 'r+') as file:
    fcntl.lockf(file, fcntl.LOCK_EX)
    open('/run/weather/held', 'w').write(str(os.getpid()))
    time.sleep(float(sys.argv[2]))
open('/run/weather/ended', 'w').write('by itself')
END
touch ${lock}
setsid python3 /run/weather/holder.py ${lock} ${seconds} >/dev/null 2>&1 </dev/null &
echo $! > /run/weather/holder.pid
until [ -s /run/weather/held ]; do sleep 0.05; done`

const locks = [
  '/var/lib/dpkg/lock-frontend',
  '/var/lib/dpkg/lock',
  '/var/lib/apt/lists/lock',
  '/var/cache/apt/archives/lock',
]

/** Somebody else installs. */
const held: readonly Weather[] = locks.map((lock, index) => ({
  name: `another process holds ${lock}`,
  ...(index === 0 ? { quick: true as const } : {}),
  wanted: ['sun'],
  only: ['ready', 'base'],
  make: publishing([sun], hold(lock, HELD_SECONDS)),
  outcome: 'works',
  seconds: HELD_SECONDS + 40,
  says: [/apt's locks: waiting for python3 \(pid \d+\)/],
  holds: 'grep -q "by itself" /run/weather/ended',
}))

const midway: Weather = {
  name: 'another process takes a lock between our lists and our packages',
  wanted: ['sun'],
  make: async (place) => {
    let locked: Promise<unknown> | undefined
    await place.publish([sun], {
      // The list is only sent once the lock is held; apt's own option would not make it wait for this one.
      mood: (file, _count, response) => {
        if (file !== 'Packages' || locked) return undefined
        locked = place.sh(hold('/var/cache/apt/archives/lock', HELD_SECONDS))
        void locked.then(() => response.writeHead(503).end())
        return 'done'
      },
    })
  },
  outcome: 'works',
  seconds: HELD_SECONDS + 60,
  says: [/waiting for python3 \(pid \d+\), which holds apt's lock/],
  holds: 'grep -q "by itself" /run/weather/ended',
}

const fat: PackageWish = { name: 'fat', files: { 'opt/fat/data': 'thunder '.repeat(8e6) } }
const once = (text: string) => `if [ ! -e /run/weather/once ]; then : > /run/weather/once; ${text}; fi`

// Starts an installation and waits until it is where it is to be cut; then dpkg is killed, not asked.
const cut = (name: string, until: string, also = ':') => `
apt-get update -qq
( DEBIAN_FRONTEND=noninteractive setsid apt-get install -qq -y ${name} >/run/weather/cut.log 2>&1 </dev/null & )
for _ in $(seq 2000); do if ${until}; then break; fi; sleep 0.005; done
kill -9 $(pidof dpkg); ${also}
while pidof apt-get >/dev/null; do sleep 0.1; done
[ -n "$(dpkg --audit)" ] || { echo 'dpkg was not cut'; cat /run/weather/cut.log; exit 1; }`

/** An installation that was cut. */
const cuts: readonly Weather[] = [
  {
    name: 'dpkg was killed while it unpacked',
    quick: true,
    make: publishing([fat], cut('fat', '[ -s /opt/fat/data.dpkg-new ]')),
    wanted: ['fat'],
    holds: '[ "$(wc -c < /opt/fat/data)" = 64000000 ]',
  },
  {
    name: 'dpkg was killed while it configured',
    make: publishing(
      [{ name: 'cloud', scripts: { postinst: once('sleep 30') } }],
      cut('cloud', '[ -e /run/weather/once ]'),
    ),
    wanted: ['cloud'],
    holds: 'true',
  },
  {
    name: 'dpkg and a package’s script were killed',
    make: publishing(
      [{ name: 'cloud', scripts: { preinst: once('echo $$ > /run/weather/script.pid; sleep 30') } }],
      cut('cloud', '[ -s /run/weather/script.pid ]', 'kill -9 $(cat /run/weather/script.pid)'),
    ),
    wanted: ['cloud'],
    holds: 'true',
  },
].map((one) => ({
  ...one,
  quick: one.quick as true | undefined,
  only: ['ready', 'base'],
  outcome: 'works' as const,
  seconds: 60,
  says: [new RegExp(`dpkg: audit.*(${one.wanted[0]}|interrupted)`)],
}))

const asks: PackageWish = {
  name: 'asks',
  depends: 'debconf, reads',
  scripts: {
    templates: 'Template: asks/why\nType: string\nDescription: Why?\n',
    config: '. /usr/share/debconf/confmodule\ndb_input critical asks/why || true\ndb_go || true',
    postinst: '. /usr/share/debconf/confmodule\ndb_get asks/why\ndb_stop',
  },
}
const reads: PackageWish = { name: 'reads', scripts: { postinst: 'if read answer; then exit 9; fi' } }
const settings = (version: string, text: string): PackageWish => ({
  name: 'settings',
  version,
  files: { 'etc/weather.conf': `${text}\n` },
  conffiles: ['/etc/weather.conf'],
})

/** Whoever asks gets no answer, and no run waits for one. */
const questions: readonly Weather[] = [
  {
    name: 'a package asks a question',
    quick: true,
    wanted: ['asks'],
    make: publishing([asks, reads]),
    outcome: 'works',
    seconds: 40,
    says: [/packages .*asks installed/],
  },
  {
    name: 'a configuration file was changed by hand, and by its package',
    wanted: ['settings'],
    make: async (place) => {
      await place.publish([settings('1.0', 'theirs')])
      await place.sh(
        'apt-get update -qq; apt-get install -qq -y settings; echo ours > /etc/weather.conf; apt-get remove -qq -y settings',
      )
      await place.publish([settings('2.0', 'theirs, newer')])
    },
    outcome: 'works',
    seconds: 40,
    says: [/packages .*settings/],
    holds:
      '[ "$(cat /etc/weather.conf)" = ours ] && grep -q newer /etc/weather.conf.dpkg-dist && dpkg-query -W settings | grep -q 2.0; rc=$?; rm -f /etc/weather.conf*; [ $rc = 0 ]',
  },
  {
    name: 'needrestart wants to ask which services to restart',
    wanted: ['sun'],
    make: publishing(
      [sun],
      `[ -x /usr/sbin/needrestart ] || {
mv /root/sources.list /etc/apt/sources.list; apt-get update -qq
DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get install -qq -y --no-install-recommends needrestart >/dev/null 2>&1
mv /etc/apt/sources.list /root/sources.list; }
mkdir -p /etc/needrestart/conf.d; echo "\\$nrconf{restart} = 'i';" > /etc/needrestart/conf.d/ask.conf; touch /run/weather/since`,
    ),
    outcome: 'works',
    seconds: 60,
    says: [/packages .*sun installed/],
    holds: '[ -x /usr/sbin/needrestart ]; rc=$?; dpkg --purge needrestart >/dev/null 2>&1; [ $rc = 0 ]',
  },
]

/** A package that is broken itself: told once, and not tried again and again. */
const broken: readonly Weather[] = [
  {
    name: 'a package’s script fails each time',
    quick: true,
    wanted: ['badpost'],
    make: publishing([{ name: 'badpost', scripts: { postinst: 'echo the sky is missing >&2; exit 3' } }]),
    outcome: 'fails',
    seconds: 40,
    says: [
      /A package’s own script or files failed\./,
      /the sky is missing/,
      /badpost/,
      /apt-get purge badpost/,
      /^(?!.*try 2 of 3)/s,
    ],
    mend: async (place) => {
      const { out } = await place.run(['badpost'], undefined, '--only', 'ready')
      if (!/badpost/.test(out) || !/dpkg/.test(out)) throw new Error(`the next run must name it too: ${out}`)
      await place.sh('apt-get purge -qq -y badpost')
      await place.publish([{ name: 'badpost', version: '1.1' }])
    },
  },
]

export const weathersOfDpkg: readonly Weather[] = [...held, midway, ...cuts, ...questions, ...broken]
