import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StandIn } from './server.ts'

/** The same account, told with this machine as every droplet's public address: whatever listens here answers for them. */
export async function leadingHere(standIn: StandIn): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { authorization = '' } = request.headers
    const answer = await fetch(`${standIn.url}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { authorization, 'content-type': 'application/json' },
      ...(chunks.length && { body: Buffer.concat(chunks) }),
    })
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end((await answer.text()).replaceAll(/"192\.0\.2\.\d+"/g, '"127.0.0.1"'))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
