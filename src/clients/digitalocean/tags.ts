import * as z from 'zod'
import { page } from './answers.ts'

const tag = z.object({ name: z.string() }).transform(({ name }) => ({ id: name }))
export type Tag = z.output<typeof tag>

export const tagPage = page('tags', tag)
