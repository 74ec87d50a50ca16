import { readAnswer } from '../../src/engine/answer.ts'
import { judge } from '../../src/engine/plan.ts'
import type { Changes, Fix, Resource } from '../../src/engine/resource.ts'
import { type Sh, shown } from '../../src/engine/sh.ts'
import { host } from '../stacks/org.ts'

/** What a resource makes of one and the same answer to all its questions: undefined is "there is none". */
export function changesOf(resource: Resource, answer: string | undefined): Changes | 'in sync' {
  const verdict = judge(resource, host('one', 'manager'), () =>
    answer === undefined ? readAnswer(44, '', '') : readAnswer(0, answer, ''),
  )
  return verdict.verdict === 'to change' ? verdict.changes : 'in sync'
}

/** The shell of its fix, as a person sees it. */
export function fixOf(resource: Resource, answer: string | undefined): string {
  const changes = changesOf(resource, answer)
  return changes === 'in sync' ? '' : textOf(resource.fix(changes))
}

const textOf = (fix: Fix): string =>
  Array.isArray(fix) ? fix.map(textOf).join('\n') : 'parts' in fix ? shown(fix as Sh) : JSON.stringify(fix)
