import { packagesAt, table } from './ruleset.ts'
import { answerOf, run } from './run.ts'

const mark = 'groundwork sandbox'

/** A chain of somebody else that lets nothing through unless a rule says so: Docker's, ufw's. */
export interface Closed {
  readonly family: string
  readonly table: string
  readonly name: string
  readonly hook: string
}

/** Lets the sandbox through the closed chains of others, with rules that carry our name. Returns what it changed, in words. */
export async function passOthers(): Promise<readonly string[]> {
  const chains = closedChains(await nftJson(['list', 'chains']))
  const ours = (await ourRules()).map((rule) => `${rule.family} ${rule.table} ${rule.chain}`)
  const missing = chains.filter((chain) => !ours.includes(`${chain.family} ${chain.table} ${chain.name}`))
  for (const chain of missing) {
    for (const rule of rulesFor(chain.hook)) {
      await run('nft', ['insert', 'rule', chain.family, chain.table, chain.name, ...rule, 'comment', `"${mark}"`])
    }
  }
  return missing.map(({ family, table: name, name: chain }) => `${family} ${name} ${chain}`)
}

/** Takes our rules out of others' chains again. */
export async function unpassOthers(): Promise<void> {
  for (const { family, table: name, chain, handle } of await ourRules()) {
    await run('nft', ['delete', 'rule', family, name, chain, 'handle', String(handle)])
  }
}

/** Reads `nft --json list chains`: base chains at forward or input with the policy drop, but for ours. */
export function closedChains(listed: Listed): readonly Closed[] {
  return listed.nftables.flatMap(({ chain }) =>
    chain && chain.policy === 'drop' && (chain.hook === 'forward' || chain.hook === 'input') && known(chain)
      ? [{ family: chain.family, table: chain.table, name: chain.name, hook: chain.hook }]
      : [],
  )
}

// Frames of a bridge or of family netdev do not meet these rules.
const known = ({ family, table: name }: { family: string; table: string }): boolean =>
  ['ip', 'inet'].includes(family) && name !== table

const rulesFor = (hook: string): readonly (readonly string[])[] =>
  hook === 'forward'
    ? [
        ['iifname', '"gwb-*"', 'accept'],
        ['oifname', '"gwb-*"', 'ct', 'state', 'established,related', 'accept'],
      ]
    : [['iifname', '"gwb-*"', 'ip', 'daddr', packagesAt.address, 'tcp', 'dport', String(packagesAt.port), 'accept']]

interface Listed {
  readonly nftables: readonly {
    readonly chain?: { family: string; table: string; name: string; hook?: string; policy?: string }
    readonly rule?: { family: string; table: string; chain: string; handle: number; comment?: string }
  }[]
}

async function ourRules() {
  const listed = await nftJson(['list', 'ruleset'])
  return listed.nftables.flatMap(({ rule }) => (rule?.comment === mark ? [rule] : []))
}

async function nftJson(words: readonly string[]): Promise<Listed> {
  const { exit, stdout } = await answerOf('nft', ['--json', '--handle', ...words])
  return exit === 0 ? (JSON.parse(stdout) as Listed) : { nftables: [] }
}
