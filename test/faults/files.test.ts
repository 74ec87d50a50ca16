import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask } from '../../src/engine/ask.ts'
import { askTexts } from '../../src/engine/ask-texts.ts'
import type { Event } from '../../src/engine/event.ts'
import { Fault } from '../../src/engine/fault.ts'
import { judge, questionOf } from '../../src/engine/plan.ts'
import { reportPlan } from '../../src/engine/plan-report.ts'
import type { Resource } from '../../src/engine/resource.ts'
import type { Held, Run } from '../../src/engine/run.ts'
import { runFixes } from '../../src/engine/run-fixes.ts'
import { Secret } from '../../src/engine/secret.ts'
import { running, type Sh } from '../../src/engine/sh.ts'
import { applyStep } from '../../src/engine/step.ts'
import { file } from '../../src/resources/file.ts'
import { type BareHost, bareHosts } from '../lab/bare-hosts.ts'
import { awkward } from './awkward-places.ts'
import { part } from './chance.ts'

let host: BareHost
let run: Run
let events: readonly Event[]
let held: Held
let down = async () => undefined as unknown

beforeAll(async () => {
  const made = await bareHosts('files', ['files'])
  host = made.hosts[0] as BareHost
  down = made.down
  const begun = await host.begin([])
  run = begun.run
  events = begun.events
  held = await run.lock([host.host])
})
afterAll(async () => {
  await held?.release()
  await down()
})

const placed = (resources: readonly Resource[]) =>
  resources.map((resource) => ({ host: host.host, step: 'files', resource }))

/** Makes it so, as a run does: asks, repairs, asks again. @returns what was changed, or the fault in its words */
async function make(...resources: readonly Resource[]): Promise<readonly string[] | string> {
  const list = placed(resources)
  const step = { id: 'files', title: 'The files are there', resources: () => resources }
  try {
    return await applyStep(run, step, host.host, list, await ask(list, run.remotes))
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return `${error.message} ${error.because}`
  }
}

/** The shell that writes it. */
function writing(resource: Resource): string {
  const verdict = judge(resource, host.host, () => ({ kind: 'none' }))
  if (verdict.verdict !== 'to change') throw new Error('nothing to write')
  return running(resource.fix(verdict.changes) as Sh)
}

const remote = () => run.remotes(host.host) as NonNullable<ReturnType<Run['remotes']>>

/** Runs shell text over the same connection, which is quick. @returns what it prints, without its last newlines */
async function sh(text: string): Promise<string> {
  const [answer] = await askTexts(remote(), [`umask 022; set -e\n${text}`])
  if (answer?.kind !== 'text') throw new Error(`${text}\n${JSON.stringify(answer)}`)
  return answer.text
}

/** As nobody, in the background; `kill $(cat /srv/nobody)` ends it. */
const asNobody = (perl: string, out = '/dev/null') => `cat > /srv/nobody.pl <<'PERL'
${perl}
PERL
setpriv --reuid 65534 --regid 65534 --clear-groups perl /srv/nobody.pl > ${out} 2>/dev/null </dev/null & echo $! > /srv/nobody`

describe('what goes in comes out', () => {
  const contents: Readonly<Record<string, string | Uint8Array | Secret>> = {
    empty: '',
    'no final newline': 'a\nb',
    'final newlines': 'a\n\n\n',
    crlf: 'a\r\nb\r\n',
    bom: '\ufeffa\n',
    quotes: '\'"`$(id)${HOME}\\ \\n %s %% !! {{x}}\t*',
    'every byte': Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
    'nul in text': 'a\0b',
    '10 MB of text': 'A line with ä\n'.repeat(700_000),
    '10 MB of bytes': randomBytes(10 * 1024 * 1024),
    secret: new Secret("sec'ret\r\n"),
    'secret bytes': new Secret('a\0b'),
  }
  const names = ['with space', `'quote"`, 'new\nline', '-rf', '*', 'ä€😀', '$(touch pwned)', '\\', ' ', 'a'.repeat(200)]

  test.each(Object.entries(contents))('%s', async (name, content) => {
    const path = `/srv/contents/${name}`
    const bytes = content instanceof Secret ? Buffer.from(content.reveal()) : Buffer.from(content)
    expect(await make(file(path, { content }))).toEqual([`file ${path}`])
    expect(await make(file(path, { content }))).toEqual([])
    const [answer] = await askTexts(remote(), [`wc -c < '${path}'; head -c 2000000 '${path}' | base64 -w 0`])
    const seen = `${bytes.length}\n${bytes.subarray(0, 2_000_000).toString('base64')}`
    expect(answer?.kind === 'text' && answer.text.trim() === seen.trim()).toBe(true)
  })

  test('under any name', async () => {
    const resources = names.map((name) => file(`/srv/names/${name}`, { content: name }))
    expect(await make(...resources)).toHaveLength(names.length)
    expect(await make(...resources)).toEqual([])
    const [answer] = await askTexts(remote(), [
      'cd /srv/names; for name in *; do [ "$(cat "./$name")" = "$name" ] && echo same; done; ls -A | wc -l',
    ])
    // The name of two lines counts for two.
    expect(answer).toMatchObject({ text: `${'same\n'.repeat(names.length)}${names.length + 1}` })
  })

  test.each(['etc/motd', '/etc/../motd', '/etc/./motd', '/etc//motd', '/etc/', '/', '', '/etc/a\0b', '../x'])(
    '%j is no path',
    (path) => expect(() => file(path, { content: '' })).toThrow('absolute path'),
  )
})

describe('where a file cannot lie', () => {
  const LOOK = `cd /srv && find place other -printf "%y %m %U:%G %s %p %l\\n" | sort; cat other; [ ! -f place/file ] || cat place/file`

  const places = part(
    awkward.filter(({ whole }) => !whole),
    awkward,
  )

  test.each(places)('$name', async ({ before, path = '/srv/place/file', size = 10, says, mend }) => {
    await sh(`cd /; umount -l /srv/place/file 2>/dev/null || :; umount -l /srv/place 2>/dev/null || :
rm -rf /srv/place /srv/other; mkdir -p /srv/place; yes old | head -n 10 > /srv/place/file; cp /srv/place/file /srv/other
${before}`)
    const wanted = file(path, { content: 'new\n'.repeat(size) })
    const was = await sh(LOOK)
    const started = performance.now()
    expect(await make(wanted)).toMatch(says)
    expect((performance.now() - started) / 1000).toBeLessThan(20)
    expect(await sh(LOOK)).toBe(was)
    await sh(mend)
    expect(await make(wanted)).toEqual([`file ${path}`])
    expect(await make(wanted)).toEqual([])
  })
})

describe('somebody else on the host', () => {
  const tries = part(100, 1000)

  test(`plants links and pipes ${tries} times, and nothing is written through them`, async () => {
    await sh(`rm -rf /srv/race; mkdir -m 777 /srv/race; echo victim > /root/victim; chmod 600 /root/victim
${asNobody(`my @ways = (sub { symlink '/root/victim', 'file' }, sub { system 'mkfifo', 'file' }, sub { mkdir 'file' }, sub { open my $f, '>', 'file' });
chdir '/srv/race'; my $n = 0;
while (1) {
  $ways[$n++ % 4]->(); for my $t (glob '.groundwork.*') { unlink $t; symlink '/root/victim', $t }
  select undef, undef, undef, 0.0005; unlink 'file'; rmdir 'file';
}`)}`)
    const wanted = file('/srv/race/file', { content: 'x' })
    const directory = running(questionOf(wanted.actual.directory ?? { parts: [] }) as Sh)
    for (let done = 0; done < tries; done += 50) {
      const answers = await askTexts(remote(), Array<string>(50).fill(directory))
      for (const answer of answers)
        expect(answer).toMatchObject({ kind: 'unknown', because: expect.stringContaining('open to them') })
      expect(await make(wanted)).toContain('cannot be told')
    }
    expect(await sh('kill $(cat /srv/nobody); cat /root/victim; stat -c %a /root/victim')).toBe('victim\n600')
  })

  test(`looks for a secret while it is written ${tries} times, and sees no byte of it`, async () => {
    await sh(`mkdir -p /srv/secrets
${asNobody(
  `chdir '/srv/secrets'; $| = 1; my %seen;
while (1) {
  for my $name ('open', 'closed', glob '.groundwork.*') {
    if (open my $f, '<', $name) { local $/; my $text = <$f>; if ($text =~ /(open|closed)-content/ && !$seen{$1}++) { print "$1\\n" } }
  }
}`,
  '/srv/seen',
)}`)
    const closed = file('/srv/secrets/closed', { content: new Secret('closed-content\n'.repeat(1000)), mode: '600' })
    const open = file('/srv/secrets/open', { content: 'open-content\n' })
    const write = (...texts: readonly string[]) => runFixes(remote(), texts, run.id, () => undefined)
    for (let done = 0; done < tries; done += 50)
      expect(await write(...Array<string>(50).fill(writing(closed)))).toEqual({ done: true })
    // The watcher is quick enough to see what is open for a moment only.
    await write(writing(open), 'sleep 0.2; rm /srv/secrets/open')
    expect(await sh('kill $(cat /srv/nobody); cat /srv/seen')).toBe('open')
  })
})

describe('edited by hand', () => {
  test('its change is shown, and the old text kept for root: the last ten', async () => {
    const path = '/etc/edited.conf'
    const wanted = file(path, { content: 'wanted\n' })
    await make(wanted)
    await sh(`echo 'by hand 0' > ${path}`)
    await plan(wanted)
    expect(events.at(-1)).toMatchObject({ state: 'planned', diff: expect.stringMatching(/-by hand 0\n\+wanted/) })
    for (let time = 1; time <= 13; time++) {
      expect(await make(wanted)).toEqual([`file ${path}`])
      await sh(`echo 'by hand ${time}' > ${path}`)
    }
    const kept = await sh('cd /var/lib/groundwork/replaced; stat -c "%a %U" etc_edited.conf.*; cat etc_edited.conf.*')
    const texts = Array.from({ length: 10 }, (_, index) => `by hand ${index + 3}\n`)
    expect(kept).toBe(('600 root\n'.repeat(10) + texts.join('')).trim())
  })

  test('a secret is neither shown nor kept', async () => {
    const wanted = file('/etc/edited-secret', { content: new Secret('hush-wanted\n'), mode: '600' })
    await make(wanted)
    await sh('echo hush-old > /etc/edited-secret')
    const before = events.length
    await plan(wanted)
    expect(await make(wanted)).toEqual(['file /etc/edited-secret'])
    expect(events.length).toBeGreaterThan(before + 1)
    expect(JSON.stringify(events.slice(before))).not.toContain('hush')
    expect(await sh('grep -rl hush /var/lib/groundwork || true')).toBe('')
  })

  async function plan(resource: Resource) {
    const list = placed([resource])
    await reportPlan(run, list, await ask(list, run.remotes))
  }
})
