import { type Broken, one } from './entry.ts'

const base = (put: string): readonly [string, string] => ['platform: demo', `base: ${put}\nplatform: demo`]
const RULE = './NAME.yaml, a file beside this one'

/** Bases that are none, or lie elsewhere. */
export const bases: readonly Broken[] = [
  one('base without its folder', base('base.yaml'), '2:7', 'base', `is "base.yaml"; ${RULE}`),
  one('base above', base('../base.yaml'), '2:7', 'base', RULE),
  one('base by way of above', base('./../base.yaml'), '2:7', 'base', RULE),
  one('base from the root', base('/etc/base.yaml'), '2:7', 'base', RULE),
  one('base in a folder', base('./bases/base.yaml'), '2:7', 'base', RULE),
  one('base at home', base('"~/base.yaml"'), '2:7', 'base', RULE),
  one('base with another ending', base('./base.yml'), '2:7', 'base', RULE),
  one('base that is not there', base('./none.yaml'), '2:7', 'base', 'is "./none.yaml"; there is no'),
  one('list of bases', base('[./a.yaml, ./b.yaml]'), '2:7', 'base', 'is a list; must be text'),
  one('base left empty', base(''), '2:1', 'base', 'is empty'),
]
