import { setTimeout as later } from 'node:timers/promises'
import type { Host } from '../inventory/org.ts'
import { ask } from './ask.ts'
import { askTexts } from './ask-texts.ts'
import { Fault } from './fault.ts'
import { faultAt } from './fault-at.ts'
import { judge } from './plan.ts'
import type { Resource, Step } from './resource.ts'
import type { Run } from './run.ts'
import { running } from './sh.ts'

/**
 * Waits until what needs time has come true, asking every second.
 * @throws Fault at its deadline, or as soon as it says itself that it will not come true
 */
export async function settle(run: Run, step: Step, host: Host, resources: readonly Resource[]): Promise<void> {
  const started = performance.now()
  let open = resources.filter(({ settle: wait }) => wait)
  for (let wait = 300; open.length; wait = 1000) {
    await later(wait, undefined, { signal: run.signal })
    const answers = await ask(
      open.map((resource) => ({ host, step: step.id, resource })),
      run.remotes,
    )
    open = open.filter((resource) => judge(resource, host, answers).verdict !== 'in sync')
    const seconds = (performance.now() - started) / 1000
    for (const resource of open) {
      const { hopeless, reason } = await why(run, host, resource)
      if (hopeless || seconds > (resource.settle?.seconds ?? 0))
        throw notSettled(host, step, resource, seconds, hopeless, reason)
      run.report({
        event: 'output',
        host: host.name,
        step: step.id,
        line: `${resource.name}: ${reason.split('\n')[0] ?? ''}`,
      })
    }
  }
}

async function why(
  run: Run,
  host: Host,
  resource: Resource,
): Promise<{ readonly hopeless: boolean; readonly reason: string }> {
  const remote = run.remotes(host)
  if (!remote || !resource.settle) return { hopeless: false, reason: '' }
  const [answer] = await askTexts(remote, [`( ${running(resource.settle.because)} ); printf '\\n%s' $?`])
  if (answer?.kind !== 'text') return { hopeless: false, reason: answer?.kind === 'unknown' ? answer.because : '' }
  const cut = answer.text.lastIndexOf('\n')
  return { hopeless: answer.text.slice(cut + 1) === '1', reason: answer.text.slice(0, Math.max(cut, 0)).trim() }
}

function notSettled(
  host: Host,
  step: Step,
  resource: Resource,
  seconds: number,
  hopeless: boolean,
  because: string,
): Fault {
  const what = hopeless
    ? `It will not come true (given up after ${Math.round(seconds)} s).`
    : `It did not come true in ${Math.round(seconds)} s.`
  return new Fault(what, {
    at: faultAt(host, step, resource.name),
    because,
    try: resource.settle?.try ?? 'see to the cause; the same command goes on where this stopped',
  })
}
