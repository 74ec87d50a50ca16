import { Fault } from '../../engine/fault.ts'
import type { Org } from '../../inventory/org.ts'
import type { Objects } from './lists.ts'
import { anotherOnly, kindOf } from './resource-of.ts'
import type { Wanted } from './wanted.ts'

/** @throws Fault where something with data would have to be another object, and `allowed` does not name it */
export function mustNotReplace(org: Org, list: readonly Wanted[], objects: Objects, allowed: readonly string[]): void {
  const others = list.flatMap((wanted) => {
    const { kept, title, desired, actual } = kindOf(wanted)
    const keys = anotherOnly(org, wanted, objects)
    if (!kept || !keys.length || allowed.includes(wanted.name)) return []
    const [is, shall] = [actual(wanted, objects, org), desired(wanted, org)]
    const each = keys.map((key) => `${key} ${is?.[key]}, and the inventory says ${shall[key]}`)
    return [{ wanted, title: title(wanted), loses: kept.loses(wanted), because: each.join('; ') }]
  })
  const [first] = others
  if (!first) return
  throw new Fault(`${others.map(({ wanted }) => wanted.name).join(', ')} would be replaced. Nothing was changed.`, {
    at: `operator › cloud › ${first.title}`,
    because: others
      .map(
        ({ title, because, loses }) =>
          `${title} has ${because}, which only another one can have; ${loses} would be lost`,
      )
      .join('\n'),
    try: `put the old values back into ${org.file}; or, where its data is safe elsewhere, say so: ${others.map(({ wanted }) => `--allow-replace ${wanted.name}`).join(' ')}`,
  })
}
