import { type Sh, sh } from '../engine/sh.ts'

/** The fix of what groundwork does not repair: it fails with these words, so that nothing behind it in the list is tried. */
export const refuse = (because: string, remedy: string): Sh => sh`printf '%s\n' ${because} ${remedy} >&2; exit 1`
