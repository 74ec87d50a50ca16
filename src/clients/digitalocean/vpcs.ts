import * as z from 'zod'
import { page } from './answers.ts'

/** A private network, as far as groundwork looks at it. */
const vpc = z.object({ id: z.string(), name: z.string(), region: z.string(), ip_range: z.string() })
export type Vpc = z.output<typeof vpc>

export const vpcPage = page('vpcs', vpc)
export const oneVpc = z.object({ vpc })
