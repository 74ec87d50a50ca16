import { whatever } from '../../clients/digitalocean/answers.ts'
import { oneProject, type Project } from '../../clients/digitalocean/projects.ts'
import type { Org } from '../../inventory/org.ts'
import type { At, Kind, Named } from './kind.ts'
import type { Objects } from './lists.ts'
import { madeOnce } from './made.ts'
import { nameOfMember, urnsOf } from './urns.ts'

/** Where everything of the organization is shown. It holds no data: objects go from one to another as they are. */
export interface ProjectWanted {
  readonly kind: 'project'
  readonly name: string
  /** What is in it, as far as projects hold its kind. */
  readonly members: readonly Named[]
}

export const projectWanted = (org: Org, members: readonly Named[]): readonly ProjectWanted[] =>
  org.digitalocean?.project === undefined
    ? []
    : [{ kind: 'project', name: org.digitalocean.project, members: members.filter((one) => nameOfMember(one)) }]

/** Found by its name, which is its alone in an account. */
export const project: Kind<ProjectWanted> = {
  title: ({ name }) => `project ${name}`,
  needsHosts: true,
  desired: ({ members }) => ({
    exists: 'yes',
    ...Object.fromEntries(members.map((one) => [nameOfMember(one), 'in it'])),
  }),
  actual: ({ name, members }, objects, org) => {
    const one = projectOf(objects, name)
    const where = (member: Named) => (isIn(one, member, objects, org) ? 'in it' : 'elsewhere')
    return (
      one && { exists: 'yes', ...Object.fromEntries(members.map((member) => [nameOfMember(member), where(member)])) }
    )
  },
  fix: async ({ name, members }, _, at) => {
    const { account, org, signal } = at
    const one = projectOf(await account.read(), name) ?? (await make(name, at))
    if (!one) return
    const objects = await account.read()
    const resources = members.flatMap((member) => urnsOf(member, objects, org)[0] ?? [])
    const isSo = async () => {
      account.stale()
      const now = await account.read()
      return members.every((member) => isIn(one, member, now, org))
    }
    await madeOnce(() => account.api.post(`/v2/projects/${one.id}/resources`, { resources }, whatever), isSo, signal)
  },
}

const projectOf = ({ projects }: Objects, name: string): Project | undefined =>
  projects.find((one) => one.name === name)

function isIn(one: Project | undefined, member: Named, objects: Objects, org: Org): boolean {
  const urns = urnsOf(member, objects, org)
  return (
    urns.some((urn) => objects.projectMembers.some(({ id }) => id === urn)) ||
    objects.reservedIps.some(({ ip, project_id }) => urns.includes(`do:reservedip:${ip}`) && project_id === one?.id)
  )
}

async function make(name: string, { account, signal }: At): Promise<Project | undefined> {
  const { api } = account
  const body = { name, purpose: 'Service or API', environment: 'Production' }
  await madeOnce(
    async () => account.made({ projects: [(await api.post('/v2/projects', body, oneProject)).project] }),
    async () => {
      account.stale()
      return projectOf(await account.read(), name) !== undefined
    },
    signal,
  )
  account.stale()
  return projectOf(await account.read(), name)
}
