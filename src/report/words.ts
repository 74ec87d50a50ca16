/** Seconds as a person says them: `0.6 s`, `12 s`, `1 min 41 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const tenths = Math.round(Math.max(0, seconds) * 10) / 10
  if (tenths < 10) return `${tenths} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return both(Math.floor(whole / 60), 'min', whole % 60, 's')
  const minutes = Math.round(whole / 60)
  return both(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
}

/** Bytes as a person says them, in powers of 1024: `512 B`, `1.4 MiB`, `84 MiB`. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  let value = bytes / 1024
  let unit = 'KiB'
  for (const larger of ['MiB', 'GiB', 'TiB']) {
    if (Math.round(value) < 1024) break
    value /= 1024
    unit = larger
  }
  return `${Math.round(value * 10) / 10 < 10 ? Math.round(value * 10) / 10 : Math.round(value)} ${unit}`
}

/** A number and its noun: `1 host`, `3 hosts`. */
export const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`

const both = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small ? `${large} ${largeUnit} ${small} ${smallUnit}` : `${large} ${largeUnit}`
