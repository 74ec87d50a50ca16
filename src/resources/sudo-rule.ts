import type { Resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'
import { file } from './file.ts'
import { template } from './template.ts'

/** These accounts may do everything as root without a password: their key is what lets them in. */
export const sudoRule = (names: readonly string[]): Resource =>
  file('/etc/sudoers.d/groundwork', {
    content: template('etc/sudoers.d/groundwork', { names }),
    mode: '440',
    check: sh`visudo -cf`,
  })
