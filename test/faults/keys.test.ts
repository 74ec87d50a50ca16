import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { step } from '../../src/engine/resource.ts'
import { authorizedKeys } from '../../src/resources/authorized-keys.ts'
import { user } from '../../src/resources/user.ts'
import { type BareHost, bareHosts } from '../lab/bare-hosts.ts'

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSQti ana@laptop'
const THEIRS = KEY.replace('ILM', 'IAA').replace('ana@laptop', 'eve')
const HOME = '/home/ana'

const people = step({
  id: 'users',
  title: 'The operators can log in',
  resources: () => [user('ana'), authorizedKeys('ana', [KEY])],
})

/** What stands in the way of a key, what is said of it, and what a person does then. */
const inTheWay: readonly {
  readonly name: string
  readonly before: string
  readonly says: RegExp
  readonly mend: string
}[] = [
  {
    name: 'the folder is a link to root’s',
    before: `ln -s /root/.ssh ${HOME}/.ssh`,
    says: /\.ssh is a link, and groundwork follows none/,
    mend: `rm ${HOME}/.ssh`,
  },
  {
    name: 'the folder is a file',
    before: `touch ${HOME}/.ssh`,
    says: /\.ssh is no directory; move it away/,
    mend: `rm ${HOME}/.ssh`,
  },
  {
    name: 'the file is a link to root’s',
    before: `mkdir ${HOME}/.ssh; ln -s /root/.ssh/authorized_keys ${HOME}/.ssh/authorized_keys`,
    says: /authorized_keys is a link, and groundwork follows none/,
    mend: `rm ${HOME}/.ssh/authorized_keys`,
  },
  {
    name: 'the file is a link to nowhere',
    before: `mkdir ${HOME}/.ssh; ln -s /nowhere ${HOME}/.ssh/authorized_keys`,
    says: /authorized_keys is a link, and groundwork follows none/,
    mend: `rm ${HOME}/.ssh/authorized_keys`,
  },
  {
    name: 'the file is a folder',
    before: `mkdir -p ${HOME}/.ssh/authorized_keys`,
    says: /authorized_keys is no regular file/,
    mend: `rmdir ${HOME}/.ssh/authorized_keys`,
  },
  {
    name: 'the file is a pipe that nobody writes to',
    before: `mkdir ${HOME}/.ssh; mkfifo ${HOME}/.ssh/authorized_keys`,
    says: /authorized_keys is no regular file/,
    mend: `rm ${HOME}/.ssh/authorized_keys`,
  },
  {
    name: 'the disk is full',
    before: `mkdir ${HOME}/.ssh; mount -t tmpfs -o size=4k,mode=700 tmpfs ${HOME}/.ssh; chown ana: ${HOME}/.ssh
head -c 4096 /dev/zero > ${HOME}/.ssh/filler || :`,
    says: /cannot be written whole, and the old one stays|No space left on device/,
    mend: `umount ${HOME}/.ssh`,
  },
]

/** What is wrong, and is mended without a word. */
const mended: readonly { readonly name: string; readonly before: string }[] = [
  { name: 'both are open to everybody', before: `chmod 777 ${HOME}/.ssh ${HOME}/.ssh/authorized_keys` },
  { name: 'both are root’s', before: `chown root:root ${HOME}/.ssh ${HOME}/.ssh/authorized_keys` },
  { name: 'the file belongs to nobody that there is', before: `chown 4711:4711 ${HOME}/.ssh/authorized_keys` },
  { name: 'the key is gone', before: `echo '${THEIRS}' > ${HOME}/.ssh/authorized_keys` },
  { name: 'the file has no last newline', before: `printf %s '${THEIRS}' > ${HOME}/.ssh/authorized_keys` },
  { name: 'the file has DOS line ends', before: `printf '${THEIRS}\\r\\n' > ${HOME}/.ssh/authorized_keys` },
]

describe('an operator’s keys', () => {
  let host: BareHost
  let down = async () => undefined as unknown
  let roots = ''

  beforeAll(async () => {
    const made = await bareHosts('keys', ['keys'])
    host = made.hosts[0] as BareHost
    down = made.down
    roots = await sh('sha256sum /root/.ssh/authorized_keys; stat -c "%a %U %i" /root/.ssh /root/.ssh/authorized_keys')
    expect((await host.converge([people])).faults).toEqual([])
  })
  afterAll(() => down())

  const sh = async (text: string) => (await host.sh(text)).trimEnd()

  const bare = `umount ${HOME}/.ssh 2>/dev/null || :; rm -rf ${HOME}/.ssh`

  test.each(inTheWay)('are not written where $name', async ({ before, says, mend }) => {
    await sh(`${bare}\n${before}`)
    const { faults, seconds } = await host.converge([people])
    expect(faults.join('\n')).toMatch(says)
    expect(seconds).toBeLessThan(20)
    expect(
      await sh('sha256sum /root/.ssh/authorized_keys; stat -c "%a %U %i" /root/.ssh /root/.ssh/authorized_keys'),
    ).toBe(roots)
    await sh(mend)
    expect((await host.converge([people])).faults).toEqual([])
    expect(await sh(`cat ${HOME}/.ssh/authorized_keys; ls -A ${HOME}/.ssh`)).toBe(`${KEY}\nauthorized_keys`)
  })

  test('stay whole where there is no room for one more', async () => {
    await sh(`${bare}; mkdir ${HOME}/.ssh; mount -t tmpfs -o size=8k,mode=700 tmpfs ${HOME}/.ssh; chown ana: ${HOME}/.ssh
echo '${THEIRS}' > ${HOME}/.ssh/authorized_keys; head -c 4096 /dev/zero > ${HOME}/.ssh/filler`)
    expect((await host.converge([people])).faults.join()).toMatch(/the old one stays|No space left/)
    expect(await sh(`cat ${HOME}/.ssh/authorized_keys; ls -A ${HOME}/.ssh`)).toBe(`${THEIRS}\nauthorized_keys\nfiller`)
    await sh(`rm ${HOME}/.ssh/filler`)
    expect((await host.converge([people])).faults).toEqual([])
    expect(await sh(`cat ${HOME}/.ssh/authorized_keys; umount ${HOME}/.ssh`)).toBe(`${THEIRS}\n${KEY}`)
  })

  test.each(mended)('are mended where $name, and others’ stay', async ({ before }) => {
    await sh(`${bare}; mkdir ${HOME}/.ssh; printf '%s\\n' "${THEIRS}" '${KEY}' > ${HOME}/.ssh/authorized_keys
chown -R ana: ${HOME}/.ssh; chmod 700 ${HOME}/.ssh; chmod 600 ${HOME}/.ssh/authorized_keys\n${before}`)
    const { faults, tally } = await host.converge([people])
    expect(faults).toEqual([])
    expect(tally.changed).toBe(1)
    const seen = await sh(
      `tr -d '\\r' < ${HOME}/.ssh/authorized_keys; stat -c '%a %U' ${HOME}/.ssh ${HOME}/.ssh/authorized_keys`,
    )
    expect(seen).toBe(`${THEIRS}\n${KEY}\n700 ana\n600 ana`)
    expect((await host.converge([people])).tally.changed).toBe(0)
  })
})
