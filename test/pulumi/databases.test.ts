import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { pulumiLab } from './lab.ts'

// A cluster of managed Postgres, changed by the engine: the same answers as test/provision/digitalocean/databases.test.ts has by the API.
const lab = pulumiLab()

const ACCOUNT = `  databases:
    - { name: main, version: "15", size: db-s-1vcpu-2gb, region: nyc3, databases: [sprocket], users: [sprocket] }
`

const main = () => {
  const [one, ...more] = lab().at.account.clusters.values()
  if (!one || more.length) throw new Error('there is another number of clusters than one')
  return one
}
const shown = () => {
  const { version, size, region, num_nodes, status, databases, users, rules } = main()
  const sources = rules.map(({ value }) => value)
  return `${version} ${size} ${region} ${num_nodes} ${status} with ${[...databases].sort()}, ${[...users.keys()].sort()}, open to ${sources}`
}
const CONTENT = 'with defaultdb,sprocket, doadmin,sprocket, open to groundwork:mle'

test('a larger size, a standby, another region and a newer version are no other cluster', {
  timeout: 900_000,
}, async () => {
  const { write, run, done, writes, stateFile } = lab()
  write({ account: ACCOUNT })
  await done()
  expect(shown()).toBe(`15 db-s-1vcpu-2gb nyc3 1 online ${CONTENT}`)
  const { id, users } = main()
  const password = users.get('sprocket')
  let now = ACCOUNT
  for (const [was, is, call, now_] of [
    ['db-s-1vcpu-2gb', 'db-s-2vcpu-4gb', 'resize', '15 db-s-2vcpu-4gb nyc3 1'],
    ['region: nyc3', 'nodes: 2, region: nyc3', 'resize', '15 db-s-2vcpu-4gb nyc3 2'],
    ['region: nyc3', 'region: fra1', 'migrate', '15 db-s-2vcpu-4gb fra1 2'],
    ['"15"', '"16"', 'upgrade', '16 db-s-2vcpu-4gb fra1 2'],
  ] as const) {
    now = now.replace(was, is)
    write({ account: now })
    const plan = await run(['--plan'])
    expect(plan.exit, plan.out + plan.err).toBe(2)
    expect(plan.out).toContain('connections to the database main break')
    await done()
    expect(shown()).toBe(`${now_} online ${CONTENT}`)
    expect(main().id).toBe(id)
    expect(writes().filter((one) => one.includes('/databases/'))).toEqual([`PUT /v2/databases/${id}/${call}`])
    expect((await done()).out).not.toContain('Pulumi looks')
  }
  // What is in the cluster is what it was, in the account and in the state.
  expect(main().users.get('sprocket')).toBe(password)
  expect(readFileSync(stateFile(), 'utf8')).toContain(`${id}/user/sprocket`)
})

test('an older version stops, and less disk is refused with what is offered; then all comes at once, and it is the same cluster', {
  timeout: 900_000,
}, async () => {
  const { write, run, done, writes } = lab()
  write({ account: ACCOUNT })
  await done()
  const { id } = main()
  write({ account: ACCOUNT.replace('"15"', '"14"') })
  const older = await run()
  expect(older.exit).toBe(1)
  for (const words of ['main would be replaced', 'everything in the database main', '--allow-replace main'])
    expect(older.out + older.err).toContain(words)
  expect(writes()).toEqual([])

  write({ account: ACCOUNT.replace('1vcpu-2gb', '1vcpu-1gb') })
  const smaller = await run()
  expect(smaller.exit).toBe(1)
  for (const words of ['cannot resize to a plan with less disk', 'never one with less disk', 'db-s-4vcpu-8gb'])
    expect(smaller.out + smaller.err).toContain(words)
  expect(writes().filter((one) => /^(DELETE|POST) .*\/databases/.test(one))).toEqual([])
  expect(shown()).toBe(`15 db-s-1vcpu-2gb nyc3 1 online ${CONTENT}`)

  write({
    account: ACCOUNT.replace('"15"', '"17"')
      .replace('1vcpu-2gb', '4vcpu-8gb')
      .replace('region: nyc3', 'nodes: 3, region: fra1'),
  })
  await done()
  expect(shown()).toBe(`17 db-s-4vcpu-8gb fra1 3 online ${CONTENT}`)
  expect(main().id).toBe(id)
  const calls = writes().filter((one) => one.includes('/databases/'))
  expect(calls.map((one) => one.split('/').at(-1)).sort()).toEqual(['migrate', 'resize', 'upgrade'])
})
