import { shown } from './mark.ts'
import { didYouMean } from './nearest.ts'

/** What is wrong with the name of a time zone of the tz database; undefined: nothing. */
export function timeZoneFault(zone: string): string | undefined {
  if (zone === 'Etc/UTC' || zone === 'UTC') return undefined
  const known = Intl.supportedValuesOf('timeZone')
  if (known.includes(zone)) return undefined
  const small = zone.toLowerCase()
  const otherwise = known.find((one) => one.toLowerCase() === small)
  // The list leaves out old and fixed names; the formatter knows them, but takes any case, which a file name does not.
  if (!otherwise && LIKE_A_FILE.test(zone) && formats(zone)) return undefined
  const city = known.find((one) => one.toLowerCase().endsWith(`/${small}`))
  return `is ${shown(zone)}; a name of the tz database, such as Europe/Berlin${didYouMean(city ?? zone, known)}`
}

// Each part can be read in one way only: another form took hours for a text of fifty dashes.
const LIKE_A_FILE = /^[A-Z][A-Za-z]*(?:[0-9][A-Z]*)?(?:[/_+-][A-Z0-9][A-Za-z0-9]*)*$/

function formats(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
