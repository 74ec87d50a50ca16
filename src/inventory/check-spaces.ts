import { list, type Mark, record } from './mark.ts'
import { didYouMean } from './nearest.ts'
import { repeated } from './repeated.ts'

/** Buckets and keys have a name once; a key is for buckets that are there. */
export function checkSpaces(value: unknown): readonly Mark[] {
  const { key, buckets, keys } = record(record(record(value).digitalocean).spaces)
  const names = list(buckets).map((one) => record(one).name)
  const at = (...rest: readonly PropertyKey[]) => ['digitalocean', 'spaces', ...rest]
  return [
    ...(typeof key === 'object' && key !== null && !Object.keys(key).length
      ? [{ path: at('key'), message: 'is empty; write where it is: env, file or command' }]
      : []),
    ...repeated(
      names,
      (index) => at('buckets', index, 'name'),
      (name) => `is ${name} a second time; take it out`,
    ),
    ...repeated(
      list(keys).map((one) => record(one).name),
      (index) => at('keys', index, 'name'),
      (name) => `is ${name} a second time; every key has a name of its own`,
    ),
    ...list(keys).flatMap((one, index) => grantMarks(record(one).buckets, names, at('keys', index, 'buckets'))),
  ]
}

function grantMarks(grants: unknown, buckets: readonly unknown[], path: readonly PropertyKey[]): readonly Mark[] {
  if (typeof grants !== 'object' || grants === null) return []
  const names = buckets.filter((one) => typeof one === 'string')
  const granted = Object.keys(record(grants))
  if (!granted.length && !Array.isArray(grants))
    return [{ path, message: 'names no bucket; at least one: BUCKET: readwrite' }]
  return granted
    .filter((bucket) => !names.includes(bucket))
    .map((bucket) => ({
      path: [...path, bucket],
      key: true,
      message: `is no bucket of digitalocean.spaces.buckets${didYouMean(bucket, names) || `; there is ${names.join(', ') || 'none'}`}`,
    }))
}
