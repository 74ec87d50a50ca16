import { Fault } from '../engine/fault.ts'
import { type Sh, sh } from '../engine/sh.ts'
import type { Platform } from './platform-schema.ts'
import { baseTag, imageTag, type RecipeFile, recipeFiles } from './recipe.ts'

const CONTEXT_BYTES = 1024 * 1024

/**
 * Makes the base image: a minimal Debian of this release, from the host's own apt sources and with its apt settings,
 * which do not stay in it. Into a file first: a pipe would import what a failed mmdebstrap left.
 */
export const buildBase = (
  codename: string,
): Sh => sh`command -v mmdebstrap >/dev/null || apt-get install --yes --no-install-recommends mmdebstrap
work=$(mktemp --directory /var/tmp/groundwork-base.XXXXXX)
trap 'rm -rf "$work"' EXIT
${aptSettings(sh`apt-config dump Acquire`)} > "$work/apt.conf"
apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
  awk -v release=${codename} '$3 == release || index($3, release "-") == 1' | sort -u > "$work/sources.list"
[ -s "$work/sources.list" ] || { echo ${`apt knows no sources of ${codename} here`} >&2; exit 1; }
TMPDIR=/var/tmp mmdebstrap --quiet --variant=minbase --include=ca-certificates --aptopt="$work/apt.conf" \
  --customize-hook='rm -f "$1/etc/apt/apt.conf.d/99mmdebstrap"' \
  --customize-hook='rm -f "$1"/etc/apt/sources.list.d/*.list; cp "'"$work"'/sources.list" "$1/etc/apt/sources.list"' \
  ${codename} "$work/base.tar" "$work/sources.list"
docker import --change 'CMD ["/bin/sh"]' "$work/base.tar" ${`groundwork/base:${baseTag(codename)}`}`

/**
 * Builds an image from its recipe, whose files travel in this text. apt inside the build uses the host's proxy and settings:
 * as build arguments, which do not stay; the file that APT_CONFIG names then lies in the image, and nothing reads it there.
 * Nobody reads translations of descriptions in a build.
 * @throws Fault for a recipe of more than 1 MiB
 */
export function buildImage(platform: Platform, image: string, codename: string): Sh {
  const files = recipeFiles(platform, image).map((file) => (file.path === 'Dockerfile' ? onBase(file, codename) : file))
  const bytes = files.reduce((sum, { content }) => sum + content.length, 0)
  if (bytes > CONTEXT_BYTES) {
    throw new Fault('The image recipe is larger than 1 MiB.', {
      at: `${platform.directory}/images/${image}`,
      because: `it has ${bytes} bytes, and travels inside a script`,
      exit: 64,
    })
  }
  return sh`work=$(mktemp --directory /var/tmp/groundwork-image.XXXXXX)
trap 'rm -rf "$work"' EXIT
${joined(files.map(lay))}
${aptSettings(sh`apt-config dump Acquire`)} > "$work/.groundwork-apt.conf"
echo 'Acquire::Languages "none";' >> "$work/.groundwork-apt.conf"
set -- --build-arg APT_CONFIG=/etc/apt/build.conf
proxy=
eval "$(apt-config shell proxy Acquire::http::Proxy)"
case $proxy in ''|DIRECT) ;; *) set -- "$@" --build-arg "http_proxy=$proxy" ;; esac
DOCKER_BUILDKIT=0 docker build --network host --force-rm "$@" --tag ${`groundwork/${image}:${imageTag(platform, image, codename)}`} "$work"`
}

// What decides whether the host's mirrors can be used at all; proxies go another way, since they are of this moment.
const aptSettings = (dump: Sh): Sh =>
  sh`${dump} | { grep -E '^Acquire::(Check-Valid-Until|Check-Date|Retries|ForceIPv4|ForceIPv6|http|https)(::| )' || true; } | { grep -v '::Proxy' || true; }`

// The old builder cannot mount a file: it is copied.
function onBase(file: RecipeFile, codename: string): RecipeFile {
  const text = file.content
    .toString('utf8')
    .replace(
      /^FROM\s+groundwork\/base(?=\s|$)(.*)$/gim,
      `FROM groundwork/base:${baseTag(codename)}$1\nARG APT_CONFIG\nCOPY .groundwork-apt.conf /etc/apt/build.conf`,
    )
  return { ...file, content: Buffer.from(text) }
}

const lay = ({ path, content, executable }: RecipeFile): Sh => sh`mkdir -p "$work"/${path.replace(/[^/]*$/, '')}
base64 --decode > "$work"/${path} <<'CONTENT'
${raw(content.toString('base64').replace(/.{76}/g, '$&\n'))}
CONTENT
chmod ${executable ? '755' : '644'} "$work"/${path}`

// base64 has no character that a here-document would take for something else.
const raw = (text: string): Sh => ({ parts: [text] })

const joined = (texts: readonly Sh[]): Sh => ({ parts: texts.flatMap(({ parts }) => [...parts, '\n']) })
