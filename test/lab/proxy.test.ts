import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as later } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { type Ending, type FaultProxy, proxy, type Weather } from './proxy.ts'

// The instrument itself: what it says it does, it does, to the byte.
describe('the fault proxy', () => {
  const closers: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  /** A server that says all that it hears, a way to it in this weather, and a client. */
  async function way(weather: Weather) {
    const heard: Buffer[] = []
    const ends: string[] = []
    const server = createServer((socket) => {
      closers.push(() => socket.destroy())
      socket.on('data', (bytes) => {
        heard.push(bytes)
        socket.write(bytes)
      })
      socket.on('end', () => ends.push('host'))
      socket.on('error', () => ends.push('host reset'))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    closers.push(() => server.close())
    const through = await proxy({ address: '127.0.0.1', port: (server.address() as AddressInfo).port }, weather)
    closers.push(through.close)
    const client = connect({ port: through.port, host: '127.0.0.1', noDelay: true })
    closers.push(() => client.destroy())
    const echoed: Buffer[] = []
    client.on('data', (bytes) => echoed.push(bytes))
    client.on('end', () => ends.push('client'))
    client.on('error', () => ends.push('client reset'))
    await once(client, 'connect')
    return { through, client, ends, heard: () => Buffer.concat(heard), echoed: () => Buffer.concat(echoed) }
  }

  test('forwards and counts', async () => {
    const { through, client, echoed } = await way({})
    for (const word of ['one', 'two', 'three']) await said(client, through, word)
    expect(echoed().toString()).toBe('onetwothree')
    expect(through.passed()).toEqual({ connections: 1, up: 11, down: 11, roundTrips: 3 })
  })

  test('a round trip takes its time', async () => {
    const { through, client } = await way({ roundTripMs: 60 })
    const started = performance.now()
    for (const word of ['one', 'two', 'three']) await said(client, through, word)
    const took = performance.now() - started
    expect(took).toBeGreaterThan(178)
    expect(took).toBeLessThan(400)
  })

  test('what is said before the answer is heard is one round trip', async () => {
    const { through, client, echoed } = await way({ roundTripMs: 60 })
    for (const word of ['one', 'two', 'three']) {
      client.write(word)
      await later(10)
    }
    await until(() => echoed().length === 11)
    expect(through.passed().roundTrips).toBe(1)
  })

  test('a slow line is as slow as it says', async () => {
    const { client, echoed } = await way({ bytesPerSecond: 64_000 })
    const started = performance.now()
    client.write(Buffer.alloc(16_000))
    await until(() => echoed().length === 16_000)
    expect(performance.now() - started).toBeGreaterThan(245)
  })

  test.each<[Ending, readonly string[]]>([
    ['end', ['client', 'host']],
    ['reset', ['client reset', 'host reset']],
    ['silent', []],
    ['deaf', []],
  ])('cut after a byte: %s', async (how, told) => {
    const { client, heard, ends } = await way({ cut: { direction: 'up', after: 1000, how } })
    client.write(Buffer.alloc(5000, 'x'))
    await until(() => heard().length >= 1000)
    await later(50)
    expect([...ends].sort()).toEqual(told)
    if (how !== 'reset') expect(heard().length).toBe(1000)
  })

  test('one bit arrives wrong', async () => {
    const { client, heard } = await way({ flip: { direction: 'up', at: 2 } })
    client.write('aaaa')
    await until(() => heard().length === 4)
    expect(heard().toString()).toBe('aa`a')
  })
})

async function said(client: Socket, through: FaultProxy, word: string): Promise<void> {
  const before = through.passed().down
  client.write(word)
  await once(client, 'data')
  await until(() => through.passed().down === before + word.length)
}

async function until(so: () => boolean): Promise<void> {
  for (let tries = 0; !so(); tries++) {
    if (tries > 400) throw new Error('it did not come true in 2 s')
    await later(5)
  }
}
