import type { ClientChannel } from 'ssh2'
import type { Ended } from './exec.ts'
import { Fault } from './fault.ts'
import { Kept } from './kept.ts'
import { lostLock } from './lost-lock.ts'
import type { Remotes } from './remote.ts'
import type { Carry } from './resource.ts'
import { isOurs, secondLock } from './script.ts'
import { quote, running } from './sh.ts'

const CARRY_SECONDS = 1800

/**
 * Streams what one host prints into another host's command, without keeping it here. The writing side looks under the
 * second lock whether it may begin, and lets go of it: a host that is cut off silently would hold it for hours.
 * @throws Fault when either side did not end with exit 0
 */
export async function carry(stream: Carry['stream'], at: string, remotes: Remotes, run: string): Promise<void> {
  const from = remotes(stream.from)
  const to = remotes(stream.to)
  if (!from || !to)
    throw new Fault(`${from ? stream.to.name : stream.from.name} is not reached, and this needs it.`, { at })
  const said = new Kept(8192)
  const quiet = { deadlineSeconds: CARRY_SECONDS, stderr: (chunk: Buffer) => said.push(chunk) }
  let source: ClientChannel | undefined
  let reading: Promise<Ended> | undefined
  let heard = ''
  const writing = await new Promise<Ended>((resolve, reject) => {
    let sink: ClientChannel | undefined
    const room = to.pace()
    const begin = () => {
      reading = from.stream(`${running(stream.read)}\nexit $?\n`, {
        ...quiet,
        opened: (channel) => {
          source = channel
        },
        // An image is larger than our memory bar, and than a slow line holds: the source waits for the sink.
        stdout: (chunk) => {
          if (!sink?.writable) return
          source?.pause()
          void room(chunk.length).then(() => sink?.writable && sink.write(chunk, () => source?.resume()))
        },
      })
      reading.then(() => sink?.end()).catch(reject)
    }
    to.stream(writer(stream, run), {
      ...quiet,
      opened: (channel) => {
        sink = channel
      },
      stdout: (chunk) => {
        heard = (heard + chunk.toString()).slice(-1000)
        if (!reading && /^listening$/m.test(heard)) begin()
      },
    }).then(resolve, reject)
  })
  // A source that waits for a sink which is gone would wait for ever.
  source?.close()
  const read = await Promise.race([
    reading,
    new Promise<undefined>((late) => setTimeout(() => late(undefined), 3000).unref()),
  ])
  if (writing.exit === 0 && read?.exit === 0) return
  if (/^lost$/m.test(heard)) throw lostLock(stream.to.name)
  throw broken(stream, at, said, [
    [stream.from.name, read],
    [stream.to.name, writing],
  ])
}

const writer = ({ write }: Carry['stream'], run: string): string => `set -e
${secondLock.join('\n')}
${isOurs({ run })} || { echo lost; exit 75; }
exec 8>&-
echo listening
exec /bin/sh -c ${quote(running(write))}
`

function broken(
  stream: Carry['stream'],
  at: string,
  said: Kept,
  sides: readonly (readonly [string, Ended | undefined])[],
): Fault {
  const cut = sides.filter(([, ended]) => ended?.lost).map(([host]) => `the connection to ${host} was lost`)
  return new Fault(`The stream from ${stream.from.name} to ${stream.to.name} broke.`, {
    at,
    because: [...said.text().trim().split('\n').slice(-5), ...cut].filter(Boolean).join('\n'),
    try: 'the same command goes on where this stopped',
  })
}
