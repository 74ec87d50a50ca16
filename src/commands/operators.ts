import type { Org } from '../inventory/org.ts'
import { operatorPublicKey } from '../provision/operator-key.ts'

/** Puts in the key pair that groundwork makes for a sandbox, where the inventory says `generated`. */
export async function withOperatorKeys(org: Org): Promise<Org> {
  if (!org.operators.some(({ keys }) => keys.includes('generated'))) return org
  const made = await operatorPublicKey(org.name)
  return {
    ...org,
    operators: org.operators.map((operator) => ({
      ...operator,
      keys: operator.keys.map((key) => (key === 'generated' ? made : key)),
    })),
  }
}
