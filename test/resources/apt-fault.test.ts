import { expect, test } from 'vitest'
import { aptFault } from '../../src/resources/apt-fault.ts'

// What apt 2.6 and 3.0, and dpkg, really printed; and what a person is told of it.
const said: readonly (readonly [name: string, printed: string, what: RegExp, because: RegExp, type: RegExp])[] = [
  [
    'the host has no network',
    `Err:4 http://deb.debian.org/debian trixie Release
  Cannot initiate the connection to deb.debian.org:80 (192.0.2.7). - connect (101: Network is unreachable)
Err:5 http://deb.debian.org/debian-security trixie-security Release
  Cannot initiate the connection to deb.debian.org:80 (192.0.2.7). - connect (101: Network is unreachable)
Reading package lists...
E: The repository 'http://deb.debian.org/debian trixie Release' no longer has a Release file.`,
    /mirror does not answer/,
    /^http:\/\/deb\.debian\.org\/debian: Cannot initiate the connection .*unreachable\)$/,
    /getent hosts deb\.debian\.org/,
  ],
  [
    'no name server',
    "E: Failed to fetch http://deb.debian.org/debian/dists/trixie/InRelease  Temporary failure resolving 'deb.debian.org'",
    /mirror does not answer/,
    /Temporary failure resolving 'deb\.debian\.org'$/,
    /ip route; getent hosts deb\.debian\.org/,
  ],
  [
    'a dead proxy',
    `E: Failed to fetch http://deb.debian.org/debian/dists/trixie/InRelease  Could not connect to 10.81.0.1:9 (10.81.0.1). - connect (111: Connection refused)
E: Failed to fetch http://deb.debian.org/debian/dists/trixie-updates/InRelease  Unable to connect to 10.81.0.1:9:`,
    /mirror does not answer/,
    /10\.81\.0\.1:9 /,
    /is the proxy right\?.*curl -sI http:\/\/10\.81\.0\.1:9;/,
  ],
  [
    'another key (apt 3.0)',
    `Err:1 http://mirror.example.org/debian ./ InRelease
  Sub-process /usr/bin/sqv returned an error code (1), error message is: Missing key BB34, which is needed to verify signature.
E: The repository 'http://mirror.example.org/debian ./ InRelease' is not signed.`,
    /not signed by the key/,
    /mirror\.example\.org\/debian: .*Missing key BB34/,
    /keyrings/,
  ],
  [
    'another key (apt 2.6)',
    `Err:1 http://mirror.example.org/debian ./ InRelease
  The following signatures couldn't be verified because the public key is not available: NO_PUBKEY BB34
E: The repository 'http://mirror.example.org/debian ./ InRelease' is not signed.`,
    /not signed by the key/,
    /NO_PUBKEY BB34/,
    /keyrings/,
  ],
  [
    'lists of last year',
    'E: Release file for http://mirror.example.org/InRelease is expired (invalid since 300d 2h). Updates for this repository will not be applied.',
    /of another time/,
    /expired \(invalid since 300d/,
    /date;/,
  ],
  [
    'a package is gone from the mirror',
    `Err:1 http://mirror.example.org/debian ./ sun 1.0
  404  Not Found [IP: 192.0.2.7 80]
E: Failed to fetch http://mirror.example.org/debian/./sun_1.0_all.deb  404  Not Found [IP: 192.0.2.7 80]`,
    /has not what is wanted/,
    /mirror\.example\.org\/debian: 404/,
    /sources\.list/,
  ],
  [
    'something else was sent than was signed',
    `Err:1 http://mirror.example.org/debian ./ sun 1.0
  Hash Sum mismatch
E: Failed to fetch http://mirror.example.org/debian/./sun_1.0_all.deb  Hash Sum mismatch`,
    /not what it has signed/,
    /Hash Sum mismatch/,
    /wait some minutes/,
  ],
  [
    'the wanted version is gone',
    `E: Version '26.1*' for 'docker.io' was not found
available: docker.io |   27.5.1+dfsg4-1 | http://deb.debian.org/debian trixie/main amd64 Packages`,
    /wanted version is in no package source/,
    /'26\.1\*' for 'docker\.io' was not found\nthere are: docker\.io 27\.5\.1/,
    /docker\.version.*apt-cache policy docker\.io/,
  ],
  [
    'a word that is no package',
    'E: Unable to locate package ngnix',
    /No package source has this package/,
    /ngnix/,
    /system\.packages/,
  ],
  [
    'two keys for one archive',
    `E: Conflicting values set for option Signed-By regarding source https://download.docker.com/linux/debian/ trixie: /a.gpg != /b.asc
E: The list of sources could not be read.
source: /etc/apt/sources.list.d/docker.list:deb [signed-by=/a.gpg] https://download.docker.com/linux/debian trixie stable
source: /etc/apt/sources.list.d/old.list:deb [signed-by=/b.asc] https://download.docker.com/linux/debian trixie stable
source: /etc/apt/sources.list:deb http://deb.debian.org/debian trixie main`,
    /name the same archive/,
    /Conflicting values[\s\S]*docker\.list:deb[\s\S]*old\.list:deb(?![\s\S]*deb\.debian)/,
    /take the other away/,
  ],
  [
    'a full disk',
    "E: You don't have enough free space in /var/cache/apt/archives/.",
    /no room/,
    /\/var\/cache\/apt\/archives/,
    /df -h/,
  ],
  [
    'a script of a package fails',
    `Setting up badpost (1.0) ...
the database is not there
dpkg: error processing package badpost (--configure):
 installed badpost package post-installation script subprocess returned error exit status 3
Errors were encountered while processing:
 badpost`,
    /own script or files failed/,
    /the database is not there\ndpkg: error processing package badpost[\s\S]*exit status 3/,
    /apt-get purge badpost/,
  ],
]

test.each(said)('%s', (_name, printed, what, because, type) => {
  const told = aptFault(`earlier things\ntry 3 of 3\n${printed}`)
  expect(told?.what).toMatch(what)
  expect(told?.because).toMatch(because)
  expect(told?.try).toMatch(type)
})

test('only the last try counts, and what is not known is not explained away', () => {
  expect(aptFault('try 1 of 3\nE: Unable to locate package sun\ntry 2 of 3\nwords that nobody foresaw')).toBeUndefined()
  expect(aptFault('')).toBeUndefined()
})
