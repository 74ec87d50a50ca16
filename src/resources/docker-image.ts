import type { Resource } from '../engine/resource.ts'
import { resource } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'
import type { Host } from '../inventory/org.ts'
import { dockerProbe, orNothing } from './docker.ts'

/** An image of ours: `groundwork/redis` with the tag that is the hash of how it is made. */
export interface WantedImage {
  readonly name: string
  readonly tag: string
}

/** The image is here as it was built, and containers run it and no other of its name. `build` makes NAME:TAG. */
export const builtImage = ({ name, tag }: WantedImage, build: Sh): Resource =>
  resource({
    name: `image ${name}`,
    desired: { image: `${tag} as built`, containers: 'of this image' },
    actual: {
      image: { ask: images, read: (answer) => present(answer, { name, tag }) },
      containers: { ask: images, read: (answer) => running(answer, { name, tag }) },
    },
    fix: (changes) => [
      ...(changes.image ? [mend({ name, tag }, build)] : []),
      ...(changes.containers ? [endOthers({ name, tag })] : []),
    ],
  })

/** The images are here, carried from the host that built them. */
export const carriedImages = (wanted: readonly WantedImage[], from: Host, to: Host): Resource =>
  resource({
    name: 'images',
    desired: Object.fromEntries(wanted.map(({ name, tag }) => [name, `${tag} as built`])),
    actual: Object.fromEntries(
      wanted.map((image) => [image.name, { ask: images, read: (answer: string) => present(answer, image) }]),
    ),
    fix: (changes) => {
      const missing = wanted.filter(({ name }) => name in changes)
      const names = missing.map(({ name, tag }) => `${name}:${tag}`)
      return [
        { stream: { from, to, read: sh`docker save ${names} | gzip -1`, write: sh`docker load` } },
        ...missing.flatMap((image) => [record(image), endOthers(image)]),
      ]
    },
  })

/** Where it is written down which image was built: `TAG ID`, a file for each name. */
const BUILT = '/var/lib/groundwork/images'

const images = orNothing(
  dockerProbe(sh`set -e
docker image ls --no-trunc --format 'is {{.Repository}}:{{.Tag}} {{.ID}}'
containers=$(docker ps --quiet --no-trunc)
[ -z "$containers" ] || docker container inspect --format 'runs {{.Config.Image}} {{.Image}}' $containers || true
cd ${BUILT} 2>/dev/null || exit 0
for file in */*; do [ ! -f "$file" ] || echo "built $file $(cat "$file")"; done`),
)

function present(answer: string, { name, tag }: WantedImage): string | undefined {
  const id = line(answer, `is ${name}:${tag}`)
  if (id === undefined) return undefined
  const [builtTag, builtId] = built(answer, name)
  if (builtTag !== tag) return `${tag}, not known from where`
  return id === builtId ? `${tag} as built` : `${tag} replaced by ${id.slice(7, 19)}`
}

function running(answer: string, { name, tag }: WantedImage): string {
  const [builtTag, builtId] = built(answer, name)
  const others = answer
    .split('\n')
    .filter((one) => one.startsWith(`runs ${name}:${tag} `) && builtTag === tag && !one.endsWith(` ${builtId}`))
  return others.length ? `${others.length} of another image` : 'of this image'
}

const built = (answer: string, name: string): readonly string[] => (line(answer, `built ${name}`) ?? '').split(' ')

const line = (answer: string, start: string): string | undefined =>
  answer
    .split('\n')
    .find((one) => one.startsWith(`${start} `))
    ?.slice(start.length + 1)

// Where only the name was moved to another image, the built one is still here.
const mend = ({ name, tag }: WantedImage, build: Sh): Sh => sh`built=$(cat ${`${BUILT}/${name}`} 2>/dev/null || true)
if [ "\${built%% *}" = ${tag} ] && docker image inspect "\${built#* }" >/dev/null 2>&1; then
  docker tag "\${built#* }" ${`${name}:${tag}`}
else
  ${build}
fi
${record({ name, tag })}`

function record({ name, tag }: WantedImage): Sh {
  const file = `${BUILT}/${name}`
  return sh`mkdir -p ${file.slice(0, file.lastIndexOf('/'))}
id=$(docker image inspect --format '{{.Id}}' ${`${name}:${tag}`})
echo ${tag} "$id" > ${`${file}.new`}
mv ${`${file}.new`} ${file}`
}

// Swarm starts them again, from the right image; until then no layer is asked for its state.
const endOthers = ({
  name,
  tag,
}: WantedImage): Sh => sh`id=$(docker image inspect --format '{{.Id}}' ${`${name}:${tag}`})
present() { docker ps --quiet --filter ancestor="$id" --filter health="$1" | grep -c . || true; }
wanted=$(docker ps --quiet | xargs --no-run-if-empty docker container inspect --format '{{.Config.Image}}' | grep -cFx ${`${name}:${tag}`} || true)
for container in $(docker ps --quiet); do
  case $(docker container inspect --format '{{.Config.Image}} {{.Image}}' "$container" 2>/dev/null) in
    ${`${name}:${tag}`}" $id") ;;
    ${`${name}:${tag}`}' '*) docker rm --force "$container" >/dev/null ;;
  esac
done
tries=0
until [ $(( $(present healthy) + $(present none) )) -ge "$wanted" ] || [ $tries -ge 60 ]; do
  tries=$((tries + 1))
  sleep 1
done`
