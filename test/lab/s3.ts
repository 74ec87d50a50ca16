import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type S3Key, s3Call } from '../../src/clients/s3.ts'
import { builtWithGo } from './built-with-go.ts'

const VERSION = '1.8.0'
const PROGRAM = 'github.com/versity/versitygw/cmd/versitygw'

/** A real S3 server on this machine, which checks every signature; its objects are files below its folder. */
export interface S3Server {
  readonly url: string
  readonly region: string
  /** May do everything. */
  readonly key: S3Key
  /** Makes a bucket. @returns the folder in which its objects are files */
  readonly bucket: (name: string) => Promise<string>
  /** A key that may read a bucket, and nothing else. */
  readonly reader: (bucket: string) => Promise<S3Key>
  readonly close: () => void
}

/** Starts the Versity S3 Gateway 1.8.0 over a folder; Go builds it once, some minutes. */
export async function startS3(folder: string): Promise<S3Server> {
  const program = join(
    builtWithGo({
      name: `versitygw-${VERSION}`,
      what: `an S3 server (versitygw ${VERSION})`,
      needs: `Go 1.26 and the module ${PROGRAM}`,
      words: () => ['install', '-trimpath', '-ldflags', '-s -w', `${PROGRAM}@v${VERSION}`],
    }),
    'versitygw',
  )
  // It has the secrets of its keys there, in clear.
  const users = mkdtempSync(join(tmpdir(), 's3-users-'))
  mkdirSync(folder, { recursive: true })
  const address = `127.0.0.1:${await freePort()}`
  const key = { accessKeyId: 'AKLAB', secretAccessKey: 'st4te'.repeat(8) }
  const server = spawn(
    program,
    ['--port', address, '--region', REGION, '--iam-dir', users, '--quiet', 'posix', folder],
    {
      env: { PATH: process.env.PATH, ROOT_ACCESS_KEY: key.accessKeyId, ROOT_SECRET_KEY: key.secretAccessKey },
      stdio: 'ignore',
    },
  )
  const url = `http://${address}`
  const call = async (method: 'GET' | 'PUT', path: string, body?: string) => {
    const one = { method, url: `${url}${path}`, ...(body !== undefined && { body }) }
    const odd = (because: string) => new Error(because)
    const { status, text } = await s3Call(one, { key, region: REGION }, AbortSignal.timeout(20_000), odd)
    if (status > 299) throw new Error(`${method} ${path}: ${status} ${text}`)
  }
  await call('GET', '/')
  return {
    url,
    region: REGION,
    key,
    bucket: async (name) => {
      await call('PUT', `/${name}`)
      return join(folder, name)
    },
    reader: async (bucket) => {
      const reader = { accessKeyId: 'AKREADER', secretAccessKey: 're4der'.repeat(7) }
      const made = spawnSync(
        program,
        ['admin', '--endpoint-url', url, '--region', REGION, 'create-user', '--role', 'user'].concat([
          '--access',
          reader.accessKeyId,
          '--secret',
          reader.secretAccessKey,
        ]),
        {
          env: { PATH: process.env.PATH, ADMIN_ACCESS_KEY: key.accessKeyId, ADMIN_SECRET_KEY: key.secretAccessKey },
          encoding: 'utf8',
        },
      )
      if (made.status) throw new Error(made.stderr)
      const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`]
      const rule = {
        Effect: 'Allow',
        Principal: reader.accessKeyId,
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource,
      }
      await call('PUT', `/${bucket}?policy=`, JSON.stringify({ Version: '2012-10-17', Statement: [rule] }))
      return reader
    },
    close: () => {
      server.kill()
      rmSync(users, { recursive: true, force: true })
    },
  }
}

const REGION = 'nyc3'

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  return port
}
