import { expect, test } from 'vitest'
import { hostSettings, mirrorsIn, settingsIn, sourcesFor } from '../../../src/provision/nspawn/apt.ts'

const debian = 'http://deb.debian.org/debian'
const security = 'http://deb.debian.org/debian-security'
const line = (...fields: readonly string[]): string => fields.join('|')

test.each([
  ['nothing known', [], { main: debian, updates: debian, security }],
  [
    'a mirror of the operator',
    [
      line('DEP-11', 'Debian', 'Debian', 'trixie', 'http://wrong.example/debian'),
      line('Packages', 'Debian', 'Debian', 'trixie', 'http://mirror.example/debian'),
      line('Packages', 'Debian', 'Debian', 'trixie-updates', 'http://updates.example/debian'),
      line('Packages', 'Debian', 'Debian-Security', 'trixie-security', 'http://mirror.example/security'),
    ],
    {
      main: 'http://mirror.example/debian',
      updates: 'http://updates.example/debian',
      security: 'http://mirror.example/security',
    },
  ],
  [
    'third parties, backports and media are not Debian’s mirrors',
    [
      line('Packages', 'Docker', 'Docker CE', 'trixie', 'https://docker.example/debian'),
      line('Packages', 'Debian Backports', 'Debian Backports', 'trixie-backports', 'http://backports.example/debian'),
      line('Packages', 'Debian', 'Debian', 'trixie-backports', 'http://backports.example/debian'),
      line('Packages', 'Debian', 'Debian', 'trixie', 'cdrom://disk'),
      line('Packages', 'Ubuntu', 'Ubuntu', 'noble', 'http://ubuntu.example/ubuntu'),
    ],
    { main: debian, updates: debian, security },
  ],
])('mirrors: %s', (_name, lines, mirrors) => expect(mirrorsIn(lines.join('\n'))).toEqual(mirrors))

test('a release’s sources', () => {
  expect(sourcesFor('bookworm', { main: 'http://a', updates: 'http://b', security: 'http://c' })).toBe(
    'deb http://a bookworm main\ndeb http://b bookworm-updates main\ndeb http://c bookworm-security main\n',
  )
})

test.each([
  ['Acquire::Check-Valid-Until "false";', { options: ['Acquire::Check-Valid-Until "false";'], proxy: undefined }],
  ['Acquire::http::Proxy "http://p:3128";', { options: [], proxy: 'http://p:3128' }],
  ['Acquire::http::Proxy "DIRECT";', { options: [], proxy: undefined }],
  ['Acquire::http::Proxy "";', { options: [], proxy: undefined }],
  [
    'Acquire::http::Proxy::m.example "DIRECT";',
    { options: ['Acquire::http::Proxy::m.example "DIRECT";'], proxy: undefined },
  ],
  ['Acquire::Languages:: "none";\nAPT::Architecture "amd64";', { options: [], proxy: undefined }],
])('settings: %s', (dump, settings) => expect(settingsIn(dump)).toEqual(settings))

test('the package cache takes the proxy’s place in a host', () => {
  const settings = { options: ['Acquire::Check-Date "false";'], proxy: 'http://p:3128' }
  expect(hostSettings(settings, 'http://cache')).toEqual([
    'Acquire::Languages "none";',
    'Acquire::Check-Date "false";',
    'Acquire::http::Proxy "http://cache";',
  ])
  expect(hostSettings(settings, undefined)).toEqual([
    'Acquire::Languages "none";',
    'Acquire::Check-Date "false";',
    'Acquire::http::Proxy "http://p:3128";',
  ])
})
