import type { CloudLab } from '../../lab/digitalocean/lab.ts'
import type { Trouble } from '../../lab/digitalocean/trouble.ts'

export const NO_WRITES = 'nothing was written'

/** What goes wrong, how the run ends and what it says; then the trouble ends and the same command is given again. */
export interface CloudFault {
  readonly what: string
  /** At these calls: how often, which, and what. */
  readonly at?: readonly [times: number, call: string | RegExp, trouble: Trouble]
  /** Or whatever else is arranged. */
  readonly when?: (lab: CloudLab) => unknown
  /** A first run went well before. */
  readonly made?: true
  readonly exit: 0 | 1
  readonly says?: readonly string[]
  /** What the fault must not cost. */
  readonly and?: typeof NO_WRITES
  /** What a person does then. */
  readonly remedy?: (lab: CloudLab) => unknown
}

/** Something that happens before the first call of this kind is answered. */
export const before = (wanted: string, happens: () => unknown) => {
  let isFirst = true
  return (call: string) => {
    if (isFirst && call === wanted) {
      isFirst = false
      happens()
    }
    return undefined
  }
}
