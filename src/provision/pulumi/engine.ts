// The child process in which Pulumi's own libraries are loaded: a job on stdin, and on descriptor 3 what is said of it.
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { EngineEvent, PulumiCommand, PulumiFn, Stack } from '@pulumi/pulumi/automation/index.js'
import { Fault } from '../../engine/fault.ts'
import { type InState, looseLinks, toAdopt, toForget, without } from './adopt.ts'
import { PULUMI } from './installed.ts'
import { type Job, PROJECT, type Said } from './job.ts'
import { locked, locksIn } from './locks.ts'
import { mustLoseNothing, type PlannedStep } from './losses.ts'
import { packagesMissing, passphraseWrong, refusedBy, tooOld } from './words.ts'

// Ctrl-C reaches a whole terminal; Pulumi stops in order by itself, and then this.
process.on('SIGINT', () => undefined)

const stop = new AbortController()
const lines = createInterface({ input: process.stdin })
// Who started this has ended.
lines.on('close', () => stop.abort())
lines.once('line', async (line) => {
  const job = JSON.parse(line) as Job
  const say = (said: Said) => writeSync(3, `${hidden(JSON.stringify(said), job)}\n`)
  try {
    await carriedOut(job, say)
    say({ done: true })
  } catch (error) {
    const fault = faultOf(error, job)
    if (!(fault instanceof Fault)) throw fault
    const { message, at, because, try: advice, exit } = fault
    say({
      fault: {
        what: message,
        exit,
        ...(at !== undefined && { at }),
        ...(because !== undefined && { because }),
        ...(advice !== undefined && { try: advice }),
      },
    })
  }
  process.exit(0)
})

/** What is gone is forgotten, what is there is adopted, what would be lost is looked for; and then it is made so. */
async function carriedOut(job: Job, say: (said: Said) => void): Promise<void> {
  const { org, parts } = job
  const { adoption, program } = await import('./program.ts').catch(packagesMissing)
  const command = await commandOf(job, say)
  const stack = await stackOf(job, command, program(org, parts))
  const { signal } = stop
  const forget = async (urns: readonly string[]) => {
    if (urns.length) await change(stack, (all) => without(all, urns))
  }
  const before = await stateOf(stack)
  await forget([...looseLinks(org, before, parts), ...toForget(org, before, parts)])
  if (before.length) await stack.refresh({ clearPendingCreates: true, signal, ...QUIET })
  await forget(toForget(org, await stateOf(stack), parts))
  const steps: PlannedStep[] = []
  const errors: string[] = []
  const listen =
    (step: (one: PlannedStep) => void) =>
    ({ resourcePreEvent, diagnosticEvent }: EngineEvent) => {
      if (resourcePreEvent) step(resourcePreEvent.metadata)
      if (diagnosticEvent?.severity === 'error') errors.push(diagnosticEvent.message.trim())
    }
  const tell = ({ op, urn }: PlannedStep) => {
    if (op !== 'same' && !urn.includes('::pulumi:')) say({ line: `Pulumi: ${op} ${urn.split('::').at(-1)}` })
  }
  try {
    const state = await stateOf(stack)
    const adopt = toAdopt(org, state, parts)
    if (adopt.length) {
      say({ line: `Pulumi adopts ${adopt.map((urn) => urn.split('::').at(-1)).join(', ')}` })
      const known = state.map(({ urn }) => urn)
      await stack.up({
        program: adoption(org, parts, adopt, known),
        onEvent: listen(() => undefined),
        signal,
        ...QUIET,
      })
    }
    await stack.preview({ onEvent: listen((one) => steps.push(one)), signal, ...QUIET })
    mustLoseNothing(org, steps, parts)
    await stack.up({ onEvent: listen(tell), signal, ...QUIET })
  } catch (error) {
    throw error instanceof Fault || !errors.length ? error : refusedBy(errors)
  }
}

const QUIET = { color: 'never', suppressProgress: true } as const

// An older one may lack what is asked of it; a newer one may do it in another way.
async function commandOf({ root }: Job, say: (said: Said) => void): Promise<PulumiCommand> {
  const automation = await import('@pulumi/pulumi/automation/index.js').catch(packagesMissing)
  const command = await automation.PulumiCommand.get(root === undefined ? {} : { root })
  const { version } = command
  const order = version?.compare(PULUMI) ?? 0
  if (version && order < 0) throw tooOld(String(version))
  if (order > 0) say({ line: `pulumi ${version} is used; groundwork was made for ${PULUMI}` })
  return command
}

async function stackOf(job: Job, pulumiCommand: PulumiCommand, program: PulumiFn): Promise<Stack> {
  const { LocalWorkspace } = await import('@pulumi/pulumi/automation/index.js').catch(packagesMissing)
  const { org, state, passphrase, token, spaces, bucket, home, folder } = job
  return LocalWorkspace.createOrSelectStack(
    { stackName: org, projectName: PROJECT, program },
    {
      workDir: folder,
      pulumiHome: home,
      pulumiCommand,
      secretsProvider: 'passphrase',
      projectSettings: { name: PROJECT, runtime: 'nodejs', backend: { url: state } },
      envVars: {
        PULUMI_BACKEND_URL: state,
        PULUMI_CONFIG_PASSPHRASE: passphrase,
        PULUMI_SKIP_UPDATE_CHECK: 'true',
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
        DIGITALOCEAN_TOKEN: token,
        ...(spaces && { SPACES_ACCESS_KEY_ID: spaces.access, SPACES_SECRET_ACCESS_KEY: spaces.secret }),
        ...(bucket && {
          AWS_ACCESS_KEY_ID: bucket.accessKeyId,
          AWS_SECRET_ACCESS_KEY: bucket.secretAccessKey,
          // The operator's, of another key, goes not with this one, nor to another place than the inventory's.
          AWS_SESSION_TOKEN: bucket.sessionToken ?? '',
          AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
        }),
        // Its file is read here, under the name that it has without.
        PULUMI_DIY_BACKEND_GZIP: 'false',
        PULUMI_DIY_BACKEND_ZSTD: 'false',
        // A call that makes something, sent again after its answer was lost, would make it twice.
        DIGITALOCEAN_HTTP_RETRY_MAX: '0',
      },
    },
  )
}

const stateOf = async (stack: Stack): Promise<readonly InState[]> =>
  ((await stack.exportStack()).deployment as { readonly resources?: readonly InState[] } | undefined)?.resources ?? []

async function change(stack: Stack, by: (all: readonly InState[]) => readonly InState[]): Promise<void> {
  const whole = await stack.exportStack()
  const deployment = whole.deployment as { readonly resources?: readonly InState[] }
  await stack.importStack({ ...whole, deployment: { ...deployment, resources: by(deployment.resources ?? []) } })
}

function faultOf(error: unknown, { inventory }: Job): unknown {
  if (error instanceof Fault || !(error instanceof Error)) return error
  const locks = locksIn(error.message)
  if (locks.length) return locked(locks, inventory)
  if (/incorrect passphrase/.test(error.message)) return passphraseWrong()
  if (/CommandError|ENOENT/.test(`${error.name} ${error.message}`)) return refusedBy([errorsIn(error.message)])
  return error
}

// Of all that a command of Pulumi printed, the lines that say what is wrong.
const errorsIn = (text: string): string => {
  const found = text.split('\n').filter((line) => /error:/i.test(line))
  return (found.length ? found.join('\n') : text).trim().slice(0, 2000)
}

function hidden(text: string, { token, passphrase, spaces, bucket }: Job): string {
  const secrets = [token, passphrase, spaces?.secret, bucket?.secretAccessKey, bucket?.sessionToken]
  return secrets.reduce<string>((all, one) => (one ? all.replaceAll(one, '‹secret›') : all), text)
}
