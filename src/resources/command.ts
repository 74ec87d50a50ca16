import { type Resource, resource } from '../engine/resource.ts'
import type { Sh } from '../engine/sh.ts'

/** Whatever two lines of shell can say: `is` prints `wanted` when it is so, `make` makes it so. */
export const command = (
  name: string,
  { is, wanted, make }: { readonly is: Sh; readonly wanted: string; readonly make: Sh },
): Resource =>
  resource({
    name,
    desired: { state: wanted },
    actual: { state: is },
    fix: () => make,
  })
