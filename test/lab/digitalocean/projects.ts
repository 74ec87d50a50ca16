import { randomUUID } from 'node:crypto'
import { type Account, listed, type Made, now, shown } from './account.ts'
import { type Call, gone, must, route, text, texts } from './call.ts'
import { page } from './page.ts'
import { conflict, invalid, notFound, Refused } from './refused.ts'

export interface Project extends Made {
  readonly id: string
  readonly created_at: string
  readonly purpose: string
  readonly resources: Set<string>
  name: string
}

export const projectRoutes = [
  route('GET', '/v2/projects', 'project:read', (call) =>
    page(call, '/v2/projects', 'projects', listed(call.account, call.account.projects.values()).map(view)),
  ),
  route('POST', '/v2/projects', 'project:create', (call) => {
    const { account, body } = call
    const name = text(body, 'name')
    const purpose = text(body, 'purpose')
    if (name.length > 175) throw invalid('name is too long')
    if ([...account.projects.values()].some((one) => one.name === name)) throw conflict('name is already in use')
    const project: Project = {
      id: randomUUID(),
      name,
      purpose,
      created_at: now(),
      madeAt: Date.now(),
      resources: new Set(),
    }
    account.projects.set(project.id, project)
    return { status: 201, body: { project: view(project) } }
  }),
  route('GET', '/v2/projects/:id', 'project:read', (call) => ({ status: 200, body: { project: view(known(call)) } })),
  route('DELETE', '/v2/projects/:id', 'project:delete', (call) => {
    const project = known(call)
    if (project.resources.size) throw new Refused(412, 'precondition_failed', 'cannot delete a project with resources')
    call.account.projects.delete(project.id)
    return gone
  }),
  route('GET', '/v2/projects/:id/resources', 'project:read', (call) => {
    const project = known(call)
    const all = [...project.resources].filter((urn) => scopesOf(urn).every(call.may) && isThere(call.account, urn))
    return page(call, `/v2/projects/${project.id}/resources`, 'resources', all.map(resourceView))
  }),
  route('POST', '/v2/projects/:id/resources', 'project:assign_resource', (call) => {
    const project = known(call)
    const urns = texts(call.body, 'resources')
    for (const urn of urns) {
      if (!/^do:[a-z]+:.+/.test(urn)) throw invalid(`${urn} is not a valid urn`)
      for (const scope of scopesOf(urn)) must(call, scope)
      if (!isThere(call.account, urn)) throw notFound()
    }
    // An object is in one project at a time.
    for (const urn of urns) for (const one of call.account.projects.values()) one.resources.delete(urn)
    for (const urn of urns) project.resources.add(urn)
    return { status: 200, body: { resources: [...project.resources].map(resourceView) } }
  }),
]

/** The project in which an object is; undefined: the default one. */
export const projectOf = ({ projects }: Account, urn: string): string | undefined =>
  [...projects.values()].find(({ resources }) => resources.has(urn))?.id

const SCOPES: Readonly<Record<string, string>> = {
  droplet: 'droplet:read',
  volume: 'block_storage:read',
  reservedip: 'reserved_ip:read',
}

const scopesOf = (urn: string): readonly string[] => {
  const scope = SCOPES[urn.split(':')[1] ?? '']
  return scope === undefined ? [] : [scope]
}

function isThere(account: Account, urn: string): boolean {
  const [, kind, ...rest] = urn.split(':')
  const id = rest.join(':')
  if (kind === 'droplet') return account.droplets.has(Number(id))
  if (kind === 'volume') return account.volumes.has(id)
  if (kind === 'reservedip') return account.reservedIps.has(id)
  return true
}

function known(call: Call): Project {
  const project = call.account.projects.get(call.params.id ?? '')
  if (!project || !shown(call.account, project)) throw notFound()
  return project
}

const view = ({ id, name, purpose, created_at }: Project) => ({
  id,
  name,
  purpose,
  description: '',
  environment: 'Production',
  is_default: false,
  created_at,
  updated_at: created_at,
})

const resourceView = (urn: string) => ({ urn, assigned_at: now(), status: 'ok', links: { self: '' } })
