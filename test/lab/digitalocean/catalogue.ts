import { route } from './call.ts'
import { page } from './page.ts'
import { notFound } from './refused.ts'

/** What can be had: some of the real slugs, enough for tests, with the figures of the API's examples. */
const regionNames = { nyc1: 'New York 1', nyc3: 'New York 3', fra1: 'Frankfurt 1', ams3: 'Amsterdam 3' } as const

const sizeFigures: readonly (readonly [slug: string, memory: number, vcpus: number, disk: number, monthly: number])[] =
  [
    ['s-1vcpu-1gb', 1024, 1, 25, 6],
    ['s-1vcpu-2gb', 2048, 1, 50, 12],
    ['s-2vcpu-2gb', 2048, 2, 60, 18],
    ['s-2vcpu-4gb', 4096, 2, 80, 24],
    ['s-4vcpu-8gb', 8192, 4, 160, 48],
    ['s-8vcpu-16gb', 16384, 8, 320, 96],
  ]

const images: readonly (readonly [id: number, slug: string, name: string])[] = [
  [155133621, 'debian-12-x64', '12 x64'],
  [190000013, 'debian-13-x64', '13 x64'],
]

export const regionSlugs: readonly string[] = Object.keys(regionNames)

export const sizes = sizeFigures.map(([slug, memory, vcpus, disk, monthly]) => ({
  slug,
  memory,
  vcpus,
  disk,
  transfer: 1,
  price_monthly: monthly,
  price_hourly: Math.round((monthly / 672) * 1e5) / 1e5,
  regions: regionSlugs,
  available: true,
  description: 'Basic',
  disk_info: [{ type: 'local', size: { amount: disk, unit: 'gib' } }],
}))

/** A region as it stands inside other objects; undefined: no such one. */
export function regionOf(slug: string) {
  const name = (regionNames as Readonly<Record<string, string>>)[slug]
  return name === undefined
    ? undefined
    : {
        name,
        slug,
        features: ['backups', 'ipv6', 'metadata', 'install_agent', 'storage', 'image_transfer'],
        available: true,
        sizes: sizes.map((size) => size.slug),
      }
}

export const imageList = images.map(([id, slug, name]) => ({
  id,
  slug,
  name,
  type: 'base',
  distribution: 'Debian',
  public: true,
  regions: regionSlugs,
  created_at: '2025-09-01T00:00:00Z',
  min_disk_size: 7,
  size_gigabytes: 0.6,
  description: name,
  tags: [],
  status: 'available',
  error_message: '',
}))

export const catalogueRoutes = [
  route('GET', '/v2/sizes', 'sizes:read', (call) =>
    page(
      call,
      '/v2/sizes',
      'sizes',
      sizes.map((size) => ({
        ...size,
        regions: size.regions.filter((region) => !call.account.soldOut.has(`${size.slug} ${region}`)),
      })),
    ),
  ),
  route('GET', '/v2/regions', 'regions:read', (call) =>
    page(
      call,
      '/v2/regions',
      'regions',
      regionSlugs.map((slug) => regionOf(slug)),
    ),
  ),
  route('GET', '/v2/images', 'image:read', (call) => page(call, '/v2/images', 'images', imageList)),
  route('GET', '/v2/images/:id', 'image:read', ({ params }) => {
    const image = imageList.find(({ id, slug }) => String(id) === params.id || slug === params.id)
    if (!image) throw notFound()
    return { status: 200, body: { image } }
  }),
]
