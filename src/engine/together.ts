import type { Answer } from './answer.ts'
import { quote, running, type Together } from './sh.ts'

/** A question as it is asked alone, and how it can be asked with others of its kind. */
export interface Single {
  readonly text: string
  readonly together: Together | undefined
}

/** One text to ask, and what its answer says to the questions that it stands for: undefined for one that must be asked alone. */
export interface Asking {
  readonly text: string
  readonly of: readonly string[]
  readonly tell: (answer: Answer) => readonly (Answer | undefined)[]
}

/** Questions of one kind as one text each: on the host, most of their time would go into starting the same program again. */
export function gathered(questions: readonly Single[]): readonly Asking[] {
  const kinds = new Map<string, Single[]>()
  for (const question of questions) {
    const kind = question.together ? running(question.together.ask) : question.text
    kinds.set(kind, [...(kinds.get(kind) ?? []), question])
  }
  return [...kinds].map(([kind, members]) => asOne(kind, members))
}

function asOne(kind: string, members: readonly Single[]): Asking {
  const of = members.map(({ text }) => text)
  const asked = members.flatMap(({ together }) => together ?? [])
  const [first] = asked
  if (members.length < 2 || !first) return { text: of[0] ?? '', of, tell: (answer) => [answer] }
  const words = asked.map(({ word }) => quote(word))
  return {
    text: `set -- ${words.join(' ')}\n${kind}`,
    of,
    // One of them can make the whole command fail. Then, and where anything is odd, each is asked alone.
    tell: (answer) => {
      const answers = answer.kind === 'text' ? first.answers(answer.text) : []
      return answers.length === of.length ? answers : []
    },
  }
}
