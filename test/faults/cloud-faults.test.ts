import { randomUUID } from 'node:crypto'
import { describe, expect, vi } from 'vitest'
import { ANA } from '../inventory/broken/base.ts'
import { begin } from '../lab/digitalocean/actions.ts'
import { WITH_STORAGE } from '../lab/digitalocean/inventory.ts'
import { type CloudLab, cloudTest } from '../lab/digitalocean/lab.ts'
import { fingerprintOf } from '../lab/digitalocean/ssh-keys.ts'
import { part } from './chance.ts'
import { before, type CloudFault, NO_WRITES } from './cloud/fault.ts'
import { OF_STORAGE } from './cloud/of-storage.ts'

// Each has an account of its own, and most of its time is waiting.
vi.setConfig({ testTimeout: 600_000, maxConcurrency: 10 })

const PAGE = '<html><body>Bad Gateway</body></html>'
const wall = ({ at }: CloudLab) => [...at.account.firewalls.values()][0]

const FAULTS: readonly CloudFault[] = [
  // The long ones first.
  {
    what: 'the call for a droplet is lost on its way',
    at: [1, 'POST /v2/droplets', 'cut before'],
    exit: 1,
    says: ['Nobody knows whether DigitalOcean has done it', 'the same command again'],
  },
  ...part<readonly CloudFault[]>(
    [],
    [
      {
        what: 'a droplet is made and the answer never comes',
        at: [1, 'POST /v2/droplets', { held: 'carried out' }],
        exit: 0,
      },
      {
        what: 'a droplet never comes up',
        when: ({ at }) => at.account.actionEnds.set('create', 'never'),
        exit: 1,
        says: ['The droplet mle-1 does not come up', 'https://cloud.digitalocean.com/droplets/'],
        remedy: ({ droplets }) => Object.assign(droplets()[0] ?? {}, { status: 'active' }),
      },
    ],
  ),
  {
    what: 'a list never answers',
    at: [1, 'GET /v2/droplets', { held: 'never' }],
    exit: 0,
    says: ['no answer in 10 s'],
  },
  { what: '503 where a droplet is made', at: [1, 'POST /v2/droplets', { status: 503 }], exit: 0 },
  { what: 'a page of 502 where one is made', at: [1, 'POST /v2/droplets', { status: 502, html: PAGE }], exit: 0 },
  {
    what: '500 where a droplet was made all the same, and lists lag',
    at: [1, 'POST /v2/droplets', { status: 500, carriedOut: true }],
    when: ({ at }) => Object.assign(at.account.lag, { listSeconds: 4 }),
    exit: 0,
  },
  {
    what: 'everything is shown only later',
    when: ({ at }) => Object.assign(at.account.lag, { listSeconds: 3, getSeconds: 1.5 }),
    exit: 0,
  },
  // What is asked.
  { what: '429 at a list', at: [5, 'GET /v2/droplets', { status: 429, retryAfter: 0 }], exit: 0 },
  {
    what: '429 that only says when to come back',
    at: [1, 'GET /v2/account/keys', { status: 429, resetSeconds: 2 }],
    exit: 0,
  },
  {
    what: '503 at a list, an hour before the limit is full',
    at: [3, 'GET /v2/firewalls', { status: 503, resetSeconds: 3600 }],
    exit: 0,
  },
  { what: 'a list is answered slowly', at: [2, 'GET /v2/droplets', { afterSeconds: 3 }], exit: 0 },
  { what: 'a connection drops at a list', at: [2, 'GET /v2/droplets', 'cut before'], exit: 0 },
  { what: 'a page of 502 instead of a list', at: [2, 'GET /v2/firewalls', { status: 502, html: PAGE }], exit: 0 },
  { what: 'half of a list', at: [2, 'GET /v2/account/keys', 'half'], exit: 0 },
  {
    what: 'a page of something between, for ever',
    at: [99, 'GET /v2/droplets', { status: 200, html: '<html>Log in</html>' }],
    exit: 1,
    says: ['cannot be read', 'GET /v2/droplets', 'is there a proxy between'],
    and: NO_WRITES,
  },
  {
    what: 'the token was revoked',
    when: ({ at }) => Object.assign(at, { expiresAfter: 0 }),
    exit: 1,
    says: ['does not know the token', 'digitalocean.token', 'make another: https://cloud.digitalocean.com'],
    and: NO_WRITES,
  },
  {
    what: 'the token may not read keys',
    when: ({ at }) => Object.assign(at, { scopes: ['droplet:read', 'firewall:read', 'tag:read'] }),
    exit: 1,
    says: ['may not do this', 'digitalocean.token', 'the scope ssh_key:read'],
    and: NO_WRITES,
  },
  {
    what: 'the token may not read tags',
    made: true,
    when: ({ at }) =>
      Object.assign(at, { scopes: [...READS.filter((one) => one !== 'tag:read'), 'droplet:create', 'tag:create'] }),
    exit: 1,
    says: ['the scope tag:read'],
    and: NO_WRITES,
  },
  // Two of what must be one.
  {
    what: 'two droplets of one host',
    made: true,
    when: ({ at, droplets }) => droplets().map((one) => at.account.droplets.set(7, { ...one, id: 7 })),
    exit: 1,
    says: ['is there 2 times', '7 mle-1', 'delete the one that is not in use'],
    and: NO_WRITES,
    remedy: ({ at }) => at.account.droplets.delete(7),
  },
  // What is made.
  {
    what: 'the token may make neither droplets nor tags',
    when: ({ at }) => Object.assign(at, { scopes: [...READS, 'ssh_key:create', 'firewall:create'] }),
    exit: 1,
    says: [
      'digitalocean.token',
      'it lacks the scopes tag:create, droplet:create, block_storage:create, block_storage_action:create, reserved_ip:create',
      'https://cloud.digitalocean.com/account/api/tokens',
    ],
    and: NO_WRITES,
  },
  {
    what: 'the token may make neither keys nor firewalls',
    when: ({ at }) => Object.assign(at, { scopes: [...READS, 'droplet:create', 'tag:create', ...STORING] }),
    exit: 1,
    says: ['it lacks the scopes ssh_key:create, firewall:create\n'],
    and: NO_WRITES,
  },
  { what: '429 where a droplet is made', at: [5, 'POST /v2/droplets', { status: 429, retryAfter: 0 }], exit: 0 },
  { what: 'a droplet was made, and the answer is lost', at: [1, 'POST /v2/droplets', 'cut after'], exit: 0 },
  { what: 'a droplet was made, and half of the answer comes', at: [1, 'POST /v2/droplets', 'half'], exit: 0 },
  { what: 'a firewall was made, and the answer is lost', at: [1, 'POST /v2/firewalls', 'cut after'], exit: 0 },
  { what: 'a key was made, and the answer is lost', at: [1, 'POST /v2/account/keys', 'cut after'], exit: 0 },
  { what: 'a tag was made, and the answer is lost', at: [1, 'POST /v2/tags', 'cut after'], exit: 0 },
  {
    what: 'somebody else makes the key at the same moment',
    when: ({ at }) => {
      const key = { id: 9, name: 'ana', public_key: ANA, fingerprint: fingerprintOf(ANA) }
      at.trouble = before('POST /v2/account/keys', () => at.account.sshKeys.set(9, { ...key, madeAt: Date.now() }))
    },
    exit: 0,
  },
  {
    what: 'somebody else makes the firewall at the same moment, with other rules',
    when: ({ at }) => {
      const made = { id: randomUUID(), name: 'groundwork-mle', created_at: '2026-11-01T00:00:00Z' }
      const none = { droplet_ids: [], inbound_rules: [], outbound_rules: [], tags: [] }
      at.account.lag.listSeconds = 1
      at.trouble = before('POST /v2/firewalls', () =>
        at.account.firewalls.set(made.id, { ...made, ...none, madeAt: Date.now() }),
      )
    },
    exit: 0,
  },
  {
    what: 'the size is sold out',
    when: ({ at }) => at.account.soldOut.add('s-2vcpu-4gb nyc3'),
    exit: 1,
    says: [
      'droplet mle-1',
      'Size is not available in this region',
      'write another size at mle-1',
      'is in nyc1, fra1, ams3',
    ],
    remedy: ({ at }) => at.account.soldOut.clear(),
  },
  {
    what: 'there is no such size',
    when: ({ write }) => write(1, WITH_STORAGE.replace('s-2vcpu-4gb', 's-9vcpu-9gb')),
    exit: 1,
    says: ['invalid size', 's-2vcpu-4gb', 's-9vcpu-9gb is no size that is offered'],
    remedy: ({ write }) => write(1, WITH_STORAGE),
  },
  {
    what: 'what the droplet starts with is refused',
    at: [1, 'POST /v2/droplets', { status: 422, message: 'user_data is invalid' }],
    exit: 1,
    says: ['does not make mle-1', 'status 422: user_data is invalid', 'the inventory', 'request 4d9d8375'],
  },
  {
    what: 'the account may have no more droplets',
    at: [
      1,
      'POST /v2/droplets',
      { status: 422, message: 'creating this/these droplet(s) will exceed your droplet limit' },
    ],
    exit: 1,
    says: ['will exceed your droplet limit', 'ask for more at https://cloud.digitalocean.com'],
  },
  {
    what: 'the account is locked',
    at: [1, 'POST /v2/droplets', { status: 403, message: 'Your account is locked' }],
    exit: 1,
    says: ['may not do this', 'status 403: Your account is locked', 'the scope droplet:create'],
  },
  // What is changed.
  {
    what: 'a firewall was changed, and the answer is lost',
    made: true,
    when: (lab) => {
      Object.assign(wall(lab) ?? {}, { tags: [] })
      lab.first(1, `PUT /v2/firewalls/${wall(lab)?.id}`, 'cut after')
    },
    exit: 0,
  },
  {
    what: 'a droplet is switched on, and the answer is lost',
    made: true,
    when: (lab) => {
      const [one] = lab.droplets()
      if (one) one.status = 'off'
      lab.first(1, `POST /v2/droplets/${one?.id}/actions`, 'cut after')
    },
    exit: 0,
  },
  {
    what: 'a droplet is busy with what another run began',
    made: true,
    when: ({ at, droplets }) => {
      const [one] = droplets()
      if (!one) return
      one.status = 'off'
      at.account.actionSeconds = 3
      begin(at.account, 'power_on', one.id, () => {
        one.status = 'active'
      })
    },
    exit: 0,
  },
  {
    what: 'an action ends as errored',
    made: true,
    when: ({ at, droplets }) => {
      at.account.actionEnds.set('power_on', 'errored')
      for (const one of droplets()) one.status = 'off'
    },
    exit: 1,
    says: ['power_on', 'errored', 'https://cloud.digitalocean.com/droplets/'],
    remedy: ({ at }) => at.account.actionEnds.clear(),
  },
  {
    what: 'lists show a replaced droplet for a while',
    made: true,
    when: ({ at, write }) => {
      at.account.lag.goneSeconds = 5
      write(1, `${WITH_STORAGE}, release: bookworm`)
    },
    exit: 0,
  },
]

const READS = [
  'droplet:read',
  'firewall:read',
  'ssh_key:read',
  'tag:read',
  'sizes:read',
  'regions:read',
  'actions:read',
  'block_storage:read',
  'reserved_ip:read',
]

const STORING = ['block_storage:create', 'block_storage_action:create', 'reserved_ip:create']

describe.concurrent('what the provider does to a run', () => {
  cloudTest.for([...FAULTS, ...OF_STORAGE])(
    '$what',
    async ({ at: trouble, when, made, exit, says = [], and, remedy }, { lab }) => {
      lab.write(1, WITH_STORAGE)
      if (made) await lab.made()
      if (trouble) lab.first(...trouble)
      await when?.(lab)
      const came = await lab.run('--allow-replace', 'mle-1')
      const said = came.out + came.err
      expect(came.exit, said).toBe(exit)
      for (const words of says) expect(said).toContain(words)
      expect(said).not.toContain('bug in groundwork')
      if (and) expect(lab.writes()).toEqual([])
      if (and && !made)
        expect([lab.droplets(), [...lab.at.account.sshKeys], [...lab.at.account.tags]]).toEqual([[], [], []])

      Object.assign(lab.at, { trouble: () => undefined, scopes: undefined, expiresAfter: Number.POSITIVE_INFINITY })
      Object.assign(lab.at.account.lag, { listSeconds: 0, getSeconds: 0 })
      await remedy?.(lab)
      // What is gone is still listed for a while, and only the run that deleted it knows.
      for (let tries = 0; lab.droplets().some(({ isGone }) => isGone) && tries < 100; tries++)
        await new Promise((done) => setTimeout(done, 100))
      const then = await lab.run('--allow-replace', 'mle-1')
      expect(then.exit, then.out + then.err).toBe(0)
      if (exit === 0) expect(lab.writes()).toEqual([])
      lab.mustBeExact()
    },
  )
})
