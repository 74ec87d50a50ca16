import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RepositoryFiles } from './repository.ts'

/** What a mirror does with a request, `count` being how often this file was asked for: undefined is "as it should". */
export type Mood = (file: string, count: number, response: ServerResponse) => 'done' | undefined

/** A package mirror with moods: one folder for each case, served at `http://ADDRESS:port/FOLDER/`. */
export interface Mirror {
  readonly port: number
  readonly serve: (folder: string, files: RepositoryFiles, mood?: Mood) => void
  readonly close: () => Promise<void>
}

/** Starts one on every address of this machine: a sandbox host reaches it at its bridge's. */
export async function startMirror(): Promise<Mirror> {
  const folders = new Map<string, { files: RepositoryFiles; mood: Mood; asked: Map<string, number> }>()
  const server = createServer((request, response) => {
    const [, name = '', file = ''] = /^\/([^/]+)\/(?:\.\/)?(.*)$/.exec(decodeURIComponent(request.url ?? '')) ?? []
    const folder = folders.get(name)
    const count = (folder?.asked.get(file) ?? 0) + 1
    folder?.asked.set(file, count)
    if (folder?.mood(file, count, response) === 'done') return
    const content = folder?.files.get(file)
    response.writeHead(content ? 200 : 404, { 'content-length': content?.length ?? 0 })
    response.end(request.method === 'HEAD' ? undefined : content)
  })
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    serve: (folder, files, mood = () => undefined) => folders.set(folder, { files, mood, asked: new Map() }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
