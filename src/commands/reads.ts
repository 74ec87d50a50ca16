import type { Path } from '../inventory/mark.ts'
import type { Org } from '../inventory/org.ts'
import { existing } from '../provision/existing.ts'
import { steps } from '../steps/index.ts'

/** The steps that read what stands at a path of the inventory, or below it, while their resources are built; and whoever finds a host. */
export function readsOf(orgs: readonly Org[], path: Path): readonly string[] {
  const wanted = keyOf(path[0] === 'organization' ? ['name'] : path)
  const readers = new Set<string>()
  for (const org of orgs) {
    const read = new Set<string>()
    const watched = watching(org, (key) => read.add(key))
    const isRead = () => [...read].some((key) => key === wanted || key.startsWith(`${wanted}\0`))
    for (const host of watched.hosts.filter(({ provider }) => provider === 'existing')) void existing.find('', host)
    if (isRead()) readers.add('finding the host')
    for (const step of steps(watched)) {
      read.clear()
      for (const host of step.hosts?.(watched) ?? watched.hosts) step.resources({ host, org: watched })
      if (isRead()) readers.add(step.id)
    }
  }
  return [...readers]
}

const keyOf = (path: Path): string => path.map(String).join('\0')

/** The same object, which tells the path of everything that is read of it. */
function watching<Value extends object>(root: Value, tell: (key: string) => void): Value {
  // One proxy for each object: hosts are compared with each other.
  const known = new WeakMap<object, object>()
  const watched = (target: object, path: Path): object => {
    const before = known.get(target)
    if (before) return before
    const proxy = new Proxy(target, {
      get: (_, key) => {
        const value: unknown = Reflect.get(target, key)
        if (typeof key === 'symbol' || typeof value === 'function') return value
        if (isPlain(value)) return watched(value, [...path, key])
        tell(keyOf(Array.isArray(target) && key === 'length' ? path : [...path, key]))
        return value
      },
      ownKeys: () => {
        tell(keyOf(path))
        return Reflect.ownKeys(target)
      },
    })
    known.set(target, proxy)
    return proxy
  }
  return watched(root, []) as Value
}

// A secret is an object with a life of its own, and is read as a whole.
const isPlain = (value: unknown): value is object =>
  Array.isArray(value) ||
  (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
