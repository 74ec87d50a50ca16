import { expect, test } from 'vitest'
import { type FixFailed, fixFault } from '../../src/engine/fix-fault.ts'

const ended: FixFailed = { exit: 1, said: 'one\n\nno such thing\n', connection: undefined, late: false }
const explain = () => ({ what: 'It rains.', because: 'a cloud', try: 'wait' })

test.each<[string, Partial<FixFailed>, typeof explain | undefined, readonly string[]]>([
  ['nobody knows why', {}, undefined, ['The fix failed.', 'one\nno such thing\n(exit 1)']],
  ['its resource knows why', {}, explain, ['It rains.', 'a cloud', 'wait']],
  ['it hung', { exit: undefined, late: true }, explain, ['did not end in 30 min', 'printed last:\none', 'ps -ef']],
  ['cut off before', { exit: undefined, connection: 'before' }, explain, ['lost before this fix', 'nothing of it']],
  ['cut off in it', { exit: undefined, connection: 'during' }, explain, ['in the middle of this fix', 'not known']],
])('%s', (_name, failed, explained, words) => {
  const fault = fixFault('bee › base › packages less', { ...ended, ...failed }, 1800, explained)
  const told = [fault.message, fault.because, fault.try].join('\n')
  for (const one of words) expect(told).toContain(one)
})
