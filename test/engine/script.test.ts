import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Frames } from '../../src/engine/frames.ts'
import { Kept } from '../../src/engine/kept.ts'
import { fixScript, probeScript } from '../../src/engine/script.ts'

const NONCE = 'n0nce'
const run = (input: string) => spawnSync('dash', ['-s'], { input, maxBuffer: 1 << 26 })

function parts(stdout: Buffer, cuts: readonly number[] = []): readonly string[] {
  const told: string[] = []
  let bytes = Buffer.alloc(0)
  const flush = () => {
    if (bytes.length) told.push(`bytes ${bytes.toString()}`)
    bytes = Buffer.alloc(0)
  }
  const frames = new Frames(NONCE, {
    bytes: (more) => {
      bytes = Buffer.concat([bytes, more])
    },
    mark: (words) => {
      flush()
      told.push(words)
    },
  })
  let from = 0
  for (const cut of [...cuts, stdout.length]) {
    frames.push(stdout.subarray(from, cut))
    from = cut
  }
  return told
}

describe('probes', () => {
  test('each has its answer and its exit status, on both streams', () => {
    const { stdout, stderr } = run(probeScript(['echo one', 'printf two; exit 44', 'echo sad >&2; false'], NONCE).text)
    expect(parts(stdout)).toEqual(['BEGIN', 'bytes one\n', '0 0', 'bytes two', '1 44', '2 1', 'END'])
    expect(parts(stderr)).toEqual(['BEGIN', '0 0', '1 44', 'bytes sad\n', '2 1', 'END'])
  })

  test('a probe that reads stdin, exits, changes directory or turns on -e stops no other', () => {
    const { stdout } = run(
      probeScript(['cat', 'exit 7', 'cd /nowhere', 'set -e; false; echo no', 'echo last'], NONCE).text,
    )
    expect(parts(stdout)).toEqual([
      'BEGIN',
      '0 0',
      '1 7',
      expect.stringMatching(/^2 [12]$/),
      '3 1',
      'bytes last\n',
      '4 0',
      'END',
    ])
  })

  test('a script cut anywhere runs nothing', () => {
    const { text } = probeScript(['echo one', 'echo two'], NONCE)
    const body = text.lastIndexOf('main; mark END')
    for (let length = 0; length < body; length += 3) expect(run(text.slice(0, length)).stdout.toString()).toBe('')
  })

  test('noise of a login profile stands before BEGIN, and a nonce in an answer is no mark', () => {
    const { stdout } = run(probeScript(['echo other 0 0'], NONCE).text)
    expect(parts(Buffer.concat([Buffer.from('Welcome!\n'), stdout]))[0]).toBe('bytes Welcome!\n')
  })
})

describe('fixes', () => {
  test('stop at the first that fails, and say which', () => {
    const { stdout } = run(fixScript(['echo a', 'false; echo not here', 'echo never'], undefined, NONCE).text)
    expect(parts(stdout)).toEqual(['BEGIN', 'start 0', 'bytes a\n', '0 0', 'start 1', '1 1', 'END'])
  })

  test('set -e holds inside a fix, in a here-document too', () => {
    const { stdout } = run(fixScript(["cat <<'X'\nhello $HOME\nX\nfalse\necho never"], undefined, NONCE).text)
    expect(parts(stdout)).toEqual(['BEGIN', 'start 0', 'bytes hello $HOME\n', '0 1', 'END'])
  })

  test('run to their end when nobody hears them any more', async () => {
    const there = join(mkdtempSync(join(tmpdir(), 'script-')), 'there')
    const talk = 'for i in $(seq 1 3000); do echo "line $i of a long output that fills every pipe"; echo more >&2; done'
    for (const shell of ['dash', 'bash', 'busybox']) {
      rmSync(there, { force: true })
      const child = spawn(shell, [...(shell === 'busybox' ? ['sh'] : []), '-s'])
      child.stdin.end(fixScript([`${talk}; sleep 0.3; ${talk}`, `echo end > '${there}'`], undefined, NONCE).text)
      child.stdout.once('data', () => child.stdout.destroy())
      child.stderr.once('data', () => child.stderr.destroy())
      const [exit] = await once(child, 'exit')
      expect([shell, exit, existsSync(there)]).toEqual([shell, 0, true])
    }
  })

  test('cut anywhere before its last line, a script runs nothing', () => {
    const { text } = fixScript(['echo a', 'echo b'], undefined, NONCE)
    const body = text.lastIndexOf('{ { main; mark END')
    for (let length = 0; length < body; length += 3) expect(run(text.slice(0, length)).stdout.toString()).toBe('')
  })

  test('a run whose lock is gone writes nothing', () => {
    const { stdout } = run(fixScript(['echo written'], { run: 'nobody' }, NONCE).text)
    expect(stdout.toString()).not.toContain('written')
  })
})

describe('frames', () => {
  const whole = Buffer.from(
    `noise\n${NONCE} BEGIN\nöne\n\n${NONCE} 0 0\n\n${NONCE} \u{1F600}two${'x'.repeat(70)}\n${NONCE} 1 3\n\n${NONCE} END\n`,
  )
  const expected = parts(whole)

  test('are the same wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: whole.length }), { maxLength: 30 }), (cuts) => {
        expect(
          parts(
            whole,
            cuts.sort((a, b) => a - b),
          ),
        ).toEqual(expected)
      }),
    )
    expect(expected.filter((one) => !one.startsWith('bytes'))).toEqual(['BEGIN', '0 0', '1 3', 'END'])
  })
})

describe('what is kept of a long output', () => {
  test('is its head and its tail, and never more', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 30 }), { maxLength: 40 }), (chunks) => {
        const kept = new Kept(16)
        for (const chunk of chunks) kept.push(Buffer.from(chunk))
        const all = chunks.join('')
        const whole = all.length <= 32
        expect(kept.text()).toBe(
          whole ? all : `${all.slice(0, 16)}\n… ${all.length - 32} bytes left out …\n${all.slice(-16)}`,
        )
      }),
    )
  })
})
