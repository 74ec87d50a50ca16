import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'

/** Name → content of every file of a repository. */
export type RepositoryFiles = Map<string, Buffer>

/** What a mirror does with a request, `count` being how often this file was asked for: undefined is "as it should". */
export type Mood = (file: string, count: number, response: ServerResponse) => 'done' | undefined

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** A package mirror with moods: one folder for each case, served at `http://ADDRESS:port/FOLDER/`. */
export interface Mirror {
  readonly port: number
  readonly serve: (folder: string, files: RepositoryFiles, mood?: Mood) => void
  readonly close: () => Promise<void>
}

/** Starts one on every address of this machine: a sandbox host reaches it at its bridge's. With a certificate it speaks HTTPS. */
export async function startMirror(certificate?: Certificate): Promise<Mirror> {
  const folders = new Map<string, { files: RepositoryFiles; mood: Mood; asked: Map<string, number> }>()
  const answer: RequestListener = (request, response) => {
    const [, name = '', file = ''] = /^\/([^/]+)\/(?:\.\/)?(.*)$/.exec(decodeURIComponent(request.url ?? '')) ?? []
    const folder = folders.get(name)
    const count = (folder?.asked.get(file) ?? 0) + 1
    folder?.asked.set(file, count)
    if (folder?.mood(file, count, response) === 'done') return
    const content = folder?.files.get(file)
    response.writeHead(content ? 200 : 404, { 'content-length': content?.length ?? 0 })
    response.end(request.method === 'HEAD' ? undefined : content)
  }
  const server = certificate ? createSecureServer(certificate, answer) : createServer(answer)
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
