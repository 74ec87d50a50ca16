import { cac } from 'cac'
import { COMMAND } from './commands/options.ts'
import { Fault } from './engine/fault.ts'
import type { Step } from './engine/resource.ts'
import type { Org } from './inventory/org.ts'
import { VERSION } from './inventory/version.ts'

interface Flags {
  readonly inventory?: string
  readonly plan?: boolean
  readonly only?: string
  readonly host?: string | readonly string[]
  readonly json?: boolean
  readonly yes?: boolean
  readonly wait?: boolean
  readonly verbose?: boolean
  readonly all?: boolean
}

/** What happens, in order, for an organization. */
type List = (org: Org) => readonly Step[]

/** Commands and flags. Everything heavy is imported by the command that needs it. `list` stands in for THE LIST where its speed is measured. */
export async function main(argv: readonly string[], list?: List): Promise<never> {
  const { status, problem } = await run(argv, list)
  if (problem !== undefined) {
    const { thrownLines } = await import('./report/fault.ts')
    const { colours } = await import('./report/colours.ts')
    process.stderr.write(`${thrownLines(problem, colours(process.stderr.isTTY)).join('\n')}\n`)
  }
  // The last bytes of a pipe are written later than process.exit() would be.
  await new Promise((written) => process.stdout.write('', written))
  process.exit(status)
}

async function run(
  argv: readonly string[],
  list: List | undefined,
): Promise<{ readonly status: number; readonly problem?: unknown }> {
  let status = 0
  const cli = commandLine(argv, list, (exit) => {
    status = exit
  })
  try {
    const parsed = cli.parse([...argv], { run: false })
    if (!parsed.options.help && !parsed.options.version) await cli.runMatchedCommand()
    return { status }
  } catch (error) {
    if (error instanceof Fault) return { status: error.exit, problem: error }
    if (error instanceof Error && error.name === 'CACError')
      return { status: 64, problem: new Fault(`${error.message}.`, { try: `${COMMAND} --help`, exit: 64 }) }
    return { status: 1, problem: error }
  }
}

function commandLine(argv: readonly string[], list: List | undefined, ended: (exit: number) => void) {
  const cli = cac('npx tsx bootstrap.ts')
  cli
    .command('', 'Take the inventory’s hosts to the running platform; run again, repair what has drifted')
    .option('--inventory <file>', 'The organization’s file')
    .option('--plan', 'Show what a run would change, and change nothing (exit 2: something would)')
    .option('--only <step>', 'Apply one step; those before it must be in sync')
    .option('--host <name>', 'Look at this host only (may be given several times)')
    .option('--json', 'One JSON event a line on stdout')
    .option('--yes', 'Do not ask before something is lost for ever')
    .option(
      '--allow-replace <name>',
      'This host’s droplet may be made anew, and its disk lost (may be given several times)',
    )
    .option('--wait', 'Wait for another run to end')
    .option('--verbose', 'Show what fixes print')
    .option('--all', 'Every organization of a folder (--inventory FOLDER, inventories unless said), one row each')
    .action(async (flags: Flags) => {
      const text = (name: string) => lastValueOf(argv, name)
      const options = {
        inventory: flags.all ? (flags.inventory ?? 'inventories') : inventory(flags),
        plan: flags.plan === true,
        only: text('only'),
        host: valuesOf(argv, 'host'),
        allowReplace: valuesOf(argv, 'allow-replace'),
        json: flags.json === true,
        yes: flags.yes === true,
        wait: flags.wait === true,
        verbose: flags.verbose === true,
      }
      if (flags.all) {
        if (options.allowReplace.length)
          throw new Fault('--allow-replace goes with one organization, not with --all.', {
            try: `${COMMAND} --inventory FILE --allow-replace NAME`,
            exit: 64,
          })
        const { all } = await import('./commands/all.ts')
        return ended(await all(options))
      }
      const { bootstrap } = await import('./commands/bootstrap.ts')
      ended(await bootstrap(options, list))
    })
  cli
    .command(
      'sandbox <action> [name]',
      'list: the sandbox hosts of this machine. down NAME, down --all: take them away',
    )
    .option('--inventory <file>', 'The organization’s file')
    .option('--all', 'Every sandbox host of every organization')
    .action(async (action: string, name: string | undefined, flags: Flags) => {
      const { sandbox } = await import('./commands/sandbox.ts')
      ended(await sandbox(action, name, flags))
    })
  cli
    .command('lock <action>', 'show: who changes which host. break: end their hold, after asking')
    .option('--inventory <file>', 'The organization’s file')
    .option('--host <name>', 'This host only (may be given several times)')
    .option('--yes', 'Break without asking')
    .action(async (action: string, flags: Flags) => {
      const { lock } = await import('./commands/lock.ts')
      ended(await lock(action, { inventory: inventory(flags), host: valuesOf(argv, 'host'), yes: flags.yes === true }))
    })
  cli
    .command(
      'pulumi <action>',
      'install: fetch Pulumi, for the way pulumi of digitalocean. unlock: take away the lock of a run that has ended',
    )
    .option('--inventory <file>', 'The organization’s file (unlock)')
    .option('--yes', 'unlock: the run on another machine has surely ended')
    .action(async (action: string, flags: Flags) => {
      const { pulumi } = await import('./commands/pulumi.ts')
      ended(await pulumi(action, () => inventory(flags), flags.yes === true))
    })
  cli
    .command('init', 'Ask, and write an inventory')
    .option('--inventory <file>', 'The file to write (inventories/ORGANIZATION.yaml, unless said)')
    .action(async () => {
      const { init } = await import('./commands/init.ts')
      ended(await init(lastValueOf(argv, 'inventory')))
    })
  cli
    .command('explain [path]', 'What the inventory says, in which file and line, and what changes with it')
    .option('--inventory <file>', 'The organization’s file')
    .action(async (path: string | undefined, flags: Flags) => {
      const { explain } = await import('./commands/explain.ts')
      ended(explain(inventory(flags), path))
    })
  cli
    .command('ssh <host>', 'Log in to a host, with its pinned key')
    .option('--inventory <file>', 'The organization’s file')
    .action(async (host: string, flags: Flags) => {
      const { ssh } = await import('./commands/ssh.ts')
      ended(await ssh(inventory(flags), host))
    })
  cli
    .command('repin <host>', 'Pin the key that a host shows now, in place of the known one, and write down why')
    .option('--inventory <file>', 'The organization’s file')
    .option('--key <fingerprint>', 'The key on its console, in full: SHA256:… (asked on a terminal)')
    .option('--reason <text>', 'Why it is another one, for the journal (asked on a terminal)')
    .action(async (host: string, flags: Flags) => {
      const { repin } = await import('./commands/repin.ts')
      const said = { key: lastValueOf(argv, 'key'), reason: lastValueOf(argv, 'reason') }
      ended(await repin(inventory(flags), host, said))
    })
  cli
    .command('logs <service>', 'The last lines of a service')
    .option('--inventory <file>', 'The organization’s file')
    .action(async (service: string, flags: Flags) => {
      const { logs } = await import('./commands/logs.ts')
      ended(await logs(inventory(flags), service))
    })
  cli.help()
  cli.version(VERSION)
  return cli
}

function inventory({ inventory: file }: Flags): string {
  if (typeof file === 'string' && file !== '') return file
  throw new Fault('Which organization? There is no --inventory.', {
    try: `${COMMAND} --inventory inventories/sandbox.yaml`,
    exit: 64,
  })
}

// cac turns values into numbers before anybody sees them; names and versions are taken from what was typed.
function valuesOf(argv: readonly string[], name: string): readonly string[] {
  return argv.flatMap((word, index) =>
    word === `--${name}` ? [argv[index + 1] ?? ''] : word.startsWith(`--${name}=`) ? [word.slice(name.length + 3)] : [],
  )
}

const lastValueOf = (argv: readonly string[], name: string): string | undefined => valuesOf(argv, name).at(-1)
