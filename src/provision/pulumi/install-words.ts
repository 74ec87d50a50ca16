import { Fault } from '../../engine/fault.ts'
import type { Program } from './programs.ts'

/** How a person puts a program there without groundwork. */
export const byHand = ({ folder, command, inside }: Program, place: string): string =>
  [
    'is it reached from this machine? A proxy is taken from https_proxy, a mirror from PULUMI_RELEASES_URL; the same command tries again',
    `by hand: mkdir -p ${place} && tar -xzf ARCHIVE -C ${place}${inside && ' --strip-components=1'}, with that archive fetched elsewhere; then ${folder}/${command} is found`,
    `or put ${command} on the PATH`,
  ].join('\n')

/** What came is not to be taken, and nothing of it was. */
export const broken = (one: Program, place: string, because: string): Fault =>
  new Fault(`What came is no whole ${one.title} ${one.version}. Nothing of it was taken.`, {
    at: one.archive,
    because: because.slice(0, 2000),
    try: byHand(one, place),
  })
