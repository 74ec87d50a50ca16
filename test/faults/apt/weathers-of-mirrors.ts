import { type SigningKey, signingKey } from '../../lab/apt/signing-key.ts'
import type { Place } from './place.ts'
import { publishing, sun, type Weather } from './weather.ts'

const day = 24 * 3600_000
const ago = (days: number) => new Date(Date.now() - days * day)
const good = (place: Place) => place.publish([sun])

/** Somebody else's key, for as long as it is used. */
async function withStranger(use: (key: SigningKey) => Promise<void>): Promise<void> {
  const stranger = signingKey('stranger')
  try {
    await use(stranger)
  } finally {
    stranger.remove()
  }
}

/** No mirror, or one that is slow, wrong or a liar. */
const wanting: readonly Omit<Weather, 'wanted'>[] = [
  {
    name: 'the host has no network',
    quick: true,
    make: (place) =>
      place.sh(`echo 'deb http://deb.debian.org/debian trixie main' > /etc/apt/sources.list.d/weather.list
mv /etc/apt/apt.conf.d/90sandbox-operator /root/; ip route del default`),
    outcome: 'fails',
    seconds: 75,
    says: [
      /The package mirror does not answer\./,
      /because +http:\/\/deb\.debian\.org\/debian: .*(resolving|unreachable)/,
      /try +is the host's network up\? +ip route; getent hosts deb\.debian\.org/,
    ],
    mend: async (place) => {
      await place.clear()
      await good(place)
    },
  },
  {
    name: 'the mirror swallows every packet',
    make: async (place) => {
      await good(place)
      const { port } = new URL(place.url())
      await place.sh(`nft add table inet weather
nft add chain inet weather out '{ type filter hook output priority 0; }'
nft add rule inet weather out tcp dport ${port} drop`)
    },
    outcome: 'fails',
    seconds: 120,
    says: [/The package mirror does not answer\./, /timed out/],
    mend: (place) => place.sh('nft delete table inet weather'),
  },
  {
    name: 'the proxy is dead',
    quick: true,
    make: publishing(
      [sun],
      `rm /etc/apt/apt.conf.d/95mirror; echo 'Acquire::http::Proxy "http://127.0.0.1:9";' > /etc/apt/apt.conf.d/99weather`,
    ),
    outcome: 'fails',
    seconds: 60,
    says: [/The package mirror does not answer\./, /is the proxy right\? .*curl -sI http:\/\/127\.0\.0\.1:9/],
    mend: (place) =>
      place.sh(
        `rm /etc/apt/apt.conf.d/99weather; echo 'Acquire::http::Proxy::${new URL(place.url()).hostname} "DIRECT";' > /etc/apt/apt.conf.d/95mirror`,
      ),
  },
  {
    name: 'the lists are signed by another key',
    quick: true,
    make: (place) => withStranger((key) => place.publish([sun], { key })),
    outcome: 'fails',
    seconds: 60,
    says: [/not signed by the key that is known for it; nothing was taken/, /because +http:\/\/\S+: .*[Kk]ey/],
    mend: good,
  },
  {
    name: 'the signed list was changed on its way',
    make: (place) =>
      place.publish([sun], {
        spoil: (files) =>
          files.set(
            'InRelease',
            Buffer.from(String(files.get('InRelease')).replace('Suite: weather', 'Suite: whether')),
          ),
      }),
    outcome: 'fails',
    seconds: 60,
    says: [/not signed by the key that is known for it; nothing was taken/],
    mend: good,
  },
  {
    name: 'the lists have expired',
    make: (place) =>
      place.publish([sun], { date: ago(60), validUntil: ago(50), options: 'check-valid-until=yes check-date=yes' }),
    outcome: 'fails',
    seconds: 60,
    says: [/The lists of a package source are of another time\./, /expired/, /is the clock right\? +date/],
    mend: good,
  },
  {
    name: 'a list is not the one that was signed',
    make: (place) =>
      place.publish([sun], {
        spoil: (files) => files.set('Packages', Buffer.from(String(files.get('Packages')).replace('1.0', '6.6'))),
      }),
    outcome: 'fails',
    seconds: 60,
    says: [/What the mirror sends is not what it has signed; nothing of it was used\./],
    mend: good,
  },
  {
    name: 'a package is not the one that was signed',
    quick: true,
    make: (place) =>
      place.publish([sun], {
        spoil: (files) => {
          const bytes = Buffer.from(files.get('sun_1.0_all.deb') ?? '')
          bytes[200] = (bytes[200] ?? 0) ^ 1
          files.set('sun_1.0_all.deb', bytes)
        },
      }),
    outcome: 'fails',
    seconds: 60,
    says: [/What the mirror sends is not what it has signed; nothing of it was used\./],
    mend: good,
  },
  {
    name: 'the mirror no longer has the release',
    make: (place) => place.publish([sun], { spoil: (files) => files.clear() }),
    outcome: 'fails',
    seconds: 60,
    says: [/The mirror has not what is wanted of it\./, /because +http:\/\/\S+: 404/],
    mend: good,
  },
  {
    name: 'no source has the package',
    make: publishing([]),
    outcome: 'fails',
    seconds: 60,
    says: [/No package source has this package\./, /Unable to locate package sun/, /system\.packages in the inventory/],
    mend: good,
  },
  {
    name: 'the mirror hangs, then answers',
    make: (place) =>
      place.publish([sun], { mood: (file, count) => (file === 'InRelease' && count === 1 ? 'done' : undefined) }),
    outcome: 'works',
    seconds: 75,
    says: [/sun installed/],
  },
  {
    name: 'the mirror fails twice, then is right',
    quick: true,
    make: (place) =>
      place.publish([sun], {
        mood: (file, count, response) => {
          if (!file.endsWith('.deb') || count > 2) return undefined
          response.writeHead(count === 1 ? 404 : 503).end()
          return 'done'
        },
      }),
    outcome: 'works',
    seconds: 60,
    says: [/try 2 of 3/, /sun installed/],
  },
  {
    name: 'the lists of an hour ago name a package that is gone',
    make: async (place) => {
      await good(place)
      await place.sh('apt-get update -qq; mkdir -p /run/groundwork; touch /run/groundwork/apt-lists-are-fresh')
      const line = await place.sh('cat /etc/apt/sources.list.d/weather.list')
      const old = place.url()
      await place.publish([{ ...sun, version: '1.1' }])
      // The same address has moved on; neither the host's sources nor its lists know.
      await place.sh(
        `printf %s '${line}' > /etc/apt/sources.list.d/weather.list; touch -d '-1 hour' /etc/apt/sources.list.d/weather.list /etc/apt/sources.list.d`,
      )
      place.redirect(old)
    },
    outcome: 'works',
    seconds: 60,
    says: [/try 2 of 3/, /sun installed/],
    holds: 'dpkg-query -W sun | grep -q 1.1',
  },
  {
    name: 'a source was added since the lists were taken',
    make: async (place) => {
      await place.sh('mkdir -p /run/groundwork; touch -d "-1 minute" /run/groundwork/apt-lists-are-fresh')
      await good(place)
    },
    outcome: 'works',
    seconds: 40,
    says: [/Get:\d+ http\S+ \.\/ InRelease/, /^(?!.*try 2 of 3)/s],
  },
  {
    name: 'two sources name one archive with different keys',
    make: async (place) => {
      await good(place)
      await place.sh(
        `cp /etc/apt/keyrings/weather.asc /etc/apt/keyrings/other.asc; echo 'deb [signed-by=/etc/apt/keyrings/other.asc] ${place.url()}/ ./' > /etc/apt/sources.list.d/twice.list`,
      )
    },
    outcome: 'fails',
    seconds: 60,
    says: [
      /Two of apt’s sources name the same archive with different keys\./,
      /twice\.list:deb/,
      /weather\.list:deb/,
      /take the other away/,
    ],
    mend: (place) => place.sh('rm /etc/apt/sources.list.d/twice.list'),
  },
]

export const weathersOfMirrors: readonly Weather[] = wanting.map((one) => ({ ...one, wanted: ['sun'] }))
