import { type Resource, step } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'
import type { Host } from '../inventory/org.ts'
import { onlyDeclaredPorts } from '../resources/declared-ports.ts'
import { type PageWish, webPage } from '../resources/web-page.ts'
import { readPlatform } from '../stacks/platform.ts'
import { publishedPorts } from '../stacks/published.ts'

/** What a visitor sees, and what nobody may see. */
export const checks = step({
  id: 'checks',
  title: 'From outside, only the platform answers',
  resources: ({ host, org }) => {
    const platform = readPlatform(org.platform)
    const published = publishedPorts(platform, host)
    const open = [
      org.ssh.port,
      ...org.firewall.open.filter(({ protocol }) => protocol === 'tcp').map(({ port }) => port),
      ...published.filter(({ protocol }) => protocol === 'tcp').map(({ port }) => port),
    ]
    const pages: readonly (readonly [string, PageWish])[] = Object.entries(platform.checks)
    return [
      onlyDeclaredPorts(host.primaryAddress, [...new Set(open)]),
      ...pages
        .filter(([, { port }]) => published.some((one) => one.port === port))
        .map(([name, wish]) => page(name, host, wish)),
    ]
  },
})

const page = (name: string, host: Host, wish: PageWish): Resource =>
  webPage(name, host.primaryAddress, wish, sh`docker service ls --format 'table {{.Name}}\t{{.Replicas}}' 2>&1`)
