import { programs } from './programs.ts'

/** Built before any file begins: no deadline of a test runs meanwhile, and two files do not build at once. */
export function setup(): void {
  programs()
}
