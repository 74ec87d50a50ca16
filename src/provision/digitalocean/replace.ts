import { Fault } from '../../engine/fault.ts'
import type { Org } from '../../inventory/org.ts'
import type { Objects } from './lists.ts'
import { anotherOnly, kindOf } from './resource-of.ts'
import type { Wanted } from './wanted.ts'

/** @throws Fault (exit 64) for a name that nothing with data has */
export function mustBeReplaceable({ file }: Org, list: readonly Wanted[], allowed: readonly string[]): void {
  const replaceable = list.flatMap((one) => (kindOf(one).kept ? [one.name] : []))
  for (const name of allowed)
    if (!replaceable.includes(name))
      throw new Fault(`There is no ${name} at DigitalOcean in ${file}, which --allow-replace names.`, {
        because: `what has data there is ${replaceable.join(', ')}`,
        try: 'correct the name, or leave it out',
        exit: 64,
      })
}

/**
 * What `refuses` of each object says, before anything is changed. What a flag would allow is only told in a plan.
 * @throws Fault for everything else
 */
export function mustNotRefuse(
  org: Org,
  list: readonly Wanted[],
  objects: Objects,
  run: { readonly plan: boolean; readonly allowReplace: readonly string[]; readonly note: (text: string) => void },
): void {
  const refused = list
    .flatMap((wanted) => {
      const one = kindOf(wanted).refuses?.(wanted, objects, org)
      return one ? [{ ...one, title: kindOf(wanted).title(wanted) }] : []
    })
    .filter(({ unless }) => unless === undefined || !run.allowReplace.includes(unless))
  if (run.plan)
    for (const one of refused) if (one.unless !== undefined) run.note(`A run would stop: ${one.because}. ${one.try}`)
  const said = refused.filter(({ unless }) => !run.plan || unless === undefined)
  const [first] = said
  if (!first) return
  throw new Fault('What the inventory says cannot be done at DigitalOcean. Nothing was changed.', {
    at: `operator › cloud › ${first.title}`,
    because: said.map(({ because }) => because).join('\n'),
    try: said.map((one) => one.try).join('\n'),
  })
}

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
