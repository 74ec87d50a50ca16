import type { ClientChannel } from 'ssh2'
import type { Remotes } from './ask.ts'
import { Fault } from './fault.ts'
import { Kept } from './kept.ts'
import type { Carry } from './resource.ts'
import { running } from './sh.ts'

const CARRY_SECONDS = 1800

/**
 * Streams what one host prints into another host's command, without keeping it here.
 * @throws Fault when either side did not end with exit 0
 */
export async function carry(stream: Carry['stream'], at: string, remotes: Remotes): Promise<void> {
  const from = remotes(stream.from)
  const to = remotes(stream.to)
  if (!from || !to)
    throw new Fault(`${from ? stream.to.name : stream.from.name} is not reached, and this needs it.`, { at })
  const said = new Kept(8192)
  const quiet = { deadlineSeconds: CARRY_SECONDS, stderr: (chunk: Buffer) => said.push(chunk) }
  let reading: Promise<{ exit: number | undefined }> | undefined
  const writing = await new Promise<{ exit: number | undefined }>((resolve, reject) => {
    let sink: ClientChannel | undefined
    const begin = () => {
      let source: ClientChannel | undefined
      reading = from.stream(`${running(stream.read)}\nexit $?\n`, {
        ...quiet,
        opened: (channel) => {
          source = channel
        },
        // An image is larger than our memory bar: the source waits for the sink.
        stdout: (chunk) => {
          if (sink?.write(chunk) !== false) return
          source?.pause()
          sink.once('drain', () => source?.resume())
        },
      })
      reading.then(() => sink?.end()).catch(reject)
    }
    to.stream(`set -e\necho listening\nexec /bin/sh -c '${running(stream.write).replaceAll("'", `'\\''`)}'\n`, {
      ...quiet,
      opened: (channel) => {
        sink = channel
      },
      stdout: (chunk) => {
        if (!reading && chunk.includes('listening')) begin()
      },
    }).then(resolve, reject)
  })
  const read = await reading
  if (writing.exit === 0 && read?.exit === 0) return
  throw new Fault(`The stream from ${stream.from.name} to ${stream.to.name} broke.`, {
    at,
    because: said.text().trim().split('\n').slice(-5).join('\n'),
    try: 'the same command goes on where this stopped',
  })
}
