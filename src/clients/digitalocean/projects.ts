import * as z from 'zod'
import { page } from './answers.ts'

const project = z.object({ id: z.string(), name: z.string() })
export type Project = z.output<typeof project>

/** Something in a project, by its uniform name: `do:droplet:13457723`. */
const member = z.object({ urn: z.string() }).transform(({ urn }) => ({ id: urn }))
export type Member = z.output<typeof member>

export const projectPage = page('projects', project)
export const memberPage = page('resources', member)
export const oneProject = z.object({ project })
