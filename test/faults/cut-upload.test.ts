import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askTexts } from '../../src/engine/ask-texts.ts'
import { carry } from '../../src/engine/carry.ts'
import { Fault } from '../../src/engine/fault.ts'
import { runFixes } from '../../src/engine/run-fixes.ts'
import { running, sh } from '../../src/engine/sh.ts'
import { file } from '../../src/resources/file.ts'
import { type Lock, takeLock } from '../../src/safety/lock.ts'
import type { Direction, Ending } from '../lab/proxy.ts'
import { chance, part, wholeTest } from './chance.ts'
import { type SmallHost, smallHost } from './small-host.ts'

const RUN = 'upload'
const NOTICED_SECONDS = 20
const classes = {
  'before the first byte': () => 0,
  'after one byte': () => 1,
  half: (n: number) => n >> 1,
  'before the last byte': (n: number) => n - 1,
}
const hows: readonly Ending[] = part(['reset'], ['end', 'reset', 'silent', 'deaf'])
const cases = hows.flatMap((how) => Object.entries(classes).map(([name, at]) => ({ how, name, at })))

/** 0 where nothing was cut: an upload is not as long each time, to the byte. */
const secondsSince = (cut: number | undefined): number => (cut === undefined ? 0 : (performance.now() - cut) / 1000)

describe('an upload that is cut off', () => {
  let small: SmallHost
  let lock: Lock
  let stop: () => void

  beforeAll(async () => {
    small = await smallHost('upload')
    const remote = await small.connect()
    stop = () => remote.close()
    // Held by a connection of its own, so that only the upload is cut.
    const taking = { run: RUN, purpose: 'test', signal: new AbortController().signal, waits: () => undefined }
    lock = (await takeLock(remote, taking)) as Lock
    await small.sh('mkdir -p /root/up; head -c 3000000 /dev/urandom > /root/image')
  })
  afterAll(async () => {
    await lock?.release()
    stop?.()
    await small?.down()
  })

  const text = (letter: string) => randomBytes(75_000).toString('hex') + letter
  const old = text('o')
  const fixed = (content: string) => {
    const resource = file('/root/up/file', { content })
    return running(resource.fix({ content: { from: 'x', to: 'y' } }) as ReturnType<typeof sh>)
  }
  const now = async () => (await small.sh('cat /root/up/file; echo; ls -A /root/up')).split('\n')
  /** Until what the host still does of it has ended: the second lock is free. */
  const quiet = () => small.sh('flock -w 30 /run/groundwork/acting true')

  const direct = async (content: string) => {
    const remote = await small.connect()
    const outcome = await runFixes(remote, [fixed(content)], RUN, () => undefined)
    remote.close()
    return outcome
  }

  test.each(cases)('a file: $how $name', async ({ how, at }) => {
    await direct(old)
    const content = text('n')
    const way = await small.way()
    // Once whole, to know how many bytes it takes; the connection itself is made before.
    const first = await small.connect(way.port)
    way.set({})
    expect(await runFixes(first, [fixed(content)], RUN, () => undefined)).toEqual({ done: true })
    const bytes = way.passed().up
    first.close()
    await direct(old)
    const remote = await small.connect(way.port)
    way.set({ cut: { direction: 'up', after: at(bytes), how } })
    const outcome = await runFixes(remote, [fixed(content)], RUN, () => undefined)
    expect(secondsSince(way.cutAt())).toBeLessThan(NOTICED_SECONDS)
    remote.close()
    await quiet()
    const [lines, ...rest] = await now()
    // Old or new, whole, and nothing beside it.
    expect([old, content].includes(lines ?? ''), `${lines?.length} letters`).toBe(true)
    expect(rest).toEqual(['file', ''])
    // The last byte that goes up may be one that only ends the session: what says that it is done must be so.
    if (outcome.done) expect(lines).toBe(content)
    else if (how !== 'deaf') expect(way.cutAt()).toBeDefined()
    expect(await direct(content)).toEqual({ done: true })
    expect((await now())[0]).toBe(content)
    await way.close()
  })

  // As an image goes from host to host: the reader knows by itself where the stream ends, as `docker load` does.
  const sides: readonly { readonly side: string; readonly direction: Direction }[] = [
    { side: 'to the host that gets it', direction: 'up' },
    { side: 'from the host that has it', direction: 'down' },
  ]
  const carried = sides.flatMap((side) => cases.map((one) => ({ ...side, ...one })))
  test.each(carried)('a stream, $side: $how $name', async ({ direction, how, at }) => {
    await small.sh('rm -f /root/copy*')
    const stream = {
      from: small.host,
      to: { ...small.host, name: 'other' },
      read: sh`gzip -1 -c /root/image`,
      write: sh`set -e; gzip -d -c > /root/copy.new; mv /root/copy.new /root/copy`,
    }
    const way = await small.way()
    const near = await small.connect()
    const through = async () => {
      const far = await small.connect(way.port)
      const remotes = ({ name }: { name: string }) => ((name === 'other') === (direction === 'up') ? far : near)
      return { far, remotes }
    }
    const first = await through()
    way.set({})
    await carry(stream, 'test', first.remotes, RUN)
    const bytes = way.passed()[direction]
    first.far.close()
    await small.sh('cmp /root/image /root/copy; rm /root/copy')
    const second = await through()
    way.set({ cut: { direction, after: at(bytes), how } })
    const error = await carry(stream, 'test', second.remotes, RUN).catch((thrown: unknown) => thrown)
    expect(secondsSince(way.cutAt())).toBeLessThan(NOTICED_SECONDS)
    second.far.close()
    if (way.cutAt() !== undefined) expect(error).toBeInstanceOf(Fault)
    await quiet()
    await small.sh('[ ! -e /root/copy ] || cmp /root/image /root/copy')
    await carry(stream, 'test', () => near, RUN)
    await small.sh('cmp /root/image /root/copy')
    near.close()
    await way.close()
  })

  test('a lossy line: late pieces, and all comes whole', async () => {
    const way = await small.way({ stalls: { share: 0.05, ms: 300, chance: chance('stalls') } })
    const remote = await small.connect(way.port)
    const content = text('l')
    expect(await runFixes(remote, [fixed(content)], RUN, () => undefined)).toEqual({ done: true })
    expect((await now())[0]).toBe(content)
    remote.close()
    await way.close()
  })

  wholeTest('64 kbit/s: an upload of half a minute is no dead line, and keeps its lock', async () => {
    const way = await small.way()
    const remote = await small.connect(way.port)
    await lock.release()
    const taking = { run: RUN, purpose: 'test', signal: new AbortController().signal, waits: () => undefined }
    const slow = (await takeLock(remote, taking)) as Lock
    way.set({ bytesPerSecond: 8000 })
    const content = text('s')
    expect(await runFixes(remote, [fixed(content)], RUN, () => undefined)).toEqual({ done: true })
    expect((await now())[0]).toBe(content)
    expect(slow.lost.aborted).toBe(false)
    expect((await askTexts(remote, ['echo there']))[0]).toEqual({ kind: 'text', text: 'there' })
    await slow.release()
    remote.close()
    await way.close()
  })
})
