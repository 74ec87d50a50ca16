import { createHash } from 'node:crypto'
import type { Answer } from '../engine/answer.ts'
import { HOST_STATE } from '../engine/left-there.ts'
import { type Resource, resource } from '../engine/resource.ts'
import { Secret, secret } from '../engine/secret.ts'
import { type Sh, sh } from '../engine/sh.ts'

/** How a file is to be. Bytes in are bytes out: nothing is added, no final newline either. */
export interface FileWish {
  readonly content: string | Uint8Array | Secret
  /** Octal, as `stat` prints it: 644. */
  readonly mode?: string
  /** `user:group`, by name. */
  readonly owner?: string
  /** Refuses a wrong file before it takes its place; gets the new file's temporary name as last word. */
  readonly check?: Sh
}

/** Where the old text of a replaced file is kept, root-only, with the time in its name. */
export const REPLACED = `${HOST_STATE}/replaced`

/** A regular file with this content, mode and owner. A link or a directory in its place is told, and neither followed nor removed. */
export const file = (path: string, { content, mode = '644', owner = 'root:root', check }: FileWish): Resource => {
  const bytes = bytesOf(content)
  const ask = look(path)
  return resource({
    name: `file ${path}`,
    desired: { content: hidden(content, sha256(bytes)), mode, owner },
    actual: {
      content: { ask, read: (answer) => answer.split(/\s/)[2] },
      mode: { ask, read: (answer) => answer.split(' ')[0] },
      owner: { ask, read: (answer) => answer.split(/\s/)[1] },
    },
    fix: (changes) =>
      changes.content
        ? write(path, {
            data: dataOf(content),
            hash: hidden(content, sha256(bytes)),
            mode,
            owner,
            check,
            keep: !(content instanceof Secret),
          })
        : sh`chown -h -- ${owner} ${path}; chmod -- ${mode} ${path}`,
    ...(typeof content === 'string' ? { show: { old: sh`cat ${path}`, wanted: content } } : {}),
  })
}

const look = (path: string): Sh => ({
  ...sh`[ -e ${path} ] || [ -L ${path} ] || exit 44
if [ -L ${path} ] || [ ! -f ${path} ]; then echo ${`${path} is no regular file, and groundwork follows no links; move it away`} >&2; exit 1; fi
stat -c '%a %U:%G' -- ${path} && sha256sum < ${path}`,
  together: { ask: lookAtAll, word: path, answers: answersOfAll },
})

// Says of each what it is, then looks at the regular files: mode and owner of each, then the hash of each.
const lookAtAll = sh`count=$#
while [ $count -gt 0 ]; do
  if [ -L "$1" ]; then echo other
  elif [ -f "$1" ]; then echo file; set -- "$@" "$1"
  elif [ -e "$1" ]; then echo other
  else echo none; fi
  shift; count=$((count - 1))
done
echo
[ $# = 0 ] || { stat -c '%a %U:%G' -- "$@" && sha256sum -- "$@"; }`

function answersOfAll(text: string): readonly (Answer | undefined)[] {
  const [kinds = [], seen = []] = text.split('\n\n').map((part) => part.split('\n'))
  const files = kinds.filter((kind) => kind === 'file').length
  if (seen.length !== 2 * files && files) return []
  let at = 0
  return kinds.map((kind) => {
    if (kind === 'none') return { kind: 'none' }
    if (kind !== 'file') return undefined
    const hash = /^\\?([0-9a-f]{64}) /.exec(seen[files + at] ?? '')?.[1]
    const modeAndOwner = seen[at++]
    return hash === undefined ? undefined : { kind: 'text', text: `${modeAndOwner}\n${hash}  -` }
  })
}

interface Writing {
  readonly data: Sh
  // A secret's, too: whoever sees it can try guesses of the secret.
  readonly hash: string | Secret
  readonly mode: string
  readonly owner: string
  readonly check: Sh | undefined
  readonly keep: boolean
}

// The new file is whole, checked and on disk before it takes the old one's place: a cut at any byte leaves one of the two.
function write(path: string, { data, hash, mode, owner, check, keep }: Writing): Sh {
  const directory = path.slice(0, path.lastIndexOf('/')) || '/'
  const unwritten = `${path} cannot be written whole: is the disk full?`
  return sh`
    if [ -d ${path} ] || [ -L ${path} ]; then echo ${`${path} is a directory or a link; move it away`} >&2; exit 1; fi
    mkdir -p -- ${directory}
    temporary=$(mktemp -- ${`${directory}/.groundwork.XXXXXXXXXX`})
    trap 'rm -f -- "$temporary"' EXIT
    chown -- ${owner} "$temporary"
    chmod -- ${mode} "$temporary"
    ${data} > "$temporary" || { echo ${unwritten} >&2; exit 1; }
    echo ${hash}"  $temporary" | sha256sum --check --status || { echo ${unwritten} >&2; exit 1; }
    ${check ? sh`${check} "$temporary"` : sh`:`}
    sync -- "$temporary"
    ${keep ? keepOld(path) : sh`:`}
    mv -T -- "$temporary" ${path}
    sync -- ${directory}`
}

/** Keeps a copy of what is about to be replaced. */
export const keepOld = (path: string): Sh =>
  sh`if [ -f ${path} ]; then ( umask 077; mkdir -p ${REPLACED}; cat < ${path} > ${`${REPLACED}/${path.slice(1).replaceAll('/', '_')}.`}"$(date -u +%Y%m%dT%H%M%SZ)" ); fi`

// Text goes as text, so that it can be read in a plan; what no shell word can carry goes as base64.
function dataOf(content: FileWish['content']): Sh {
  if (content instanceof Secret && isText(content.reveal())) return sh`printf %s ${content}`
  if (typeof content === 'string' && isText(content)) return sh`printf %s ${content}`
  const base64 = Buffer.from(bytesOf(content)).toString('base64')
  return sh`printf %s ${content instanceof Secret ? secret(base64) : base64} | base64 -d`
}

const isText = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

const bytesOf = (content: FileWish['content']): Uint8Array =>
  content instanceof Uint8Array ? content : Buffer.from(content instanceof Secret ? content.reveal() : content, 'utf8')

const hidden = (content: FileWish['content'], hash: string): string | Secret =>
  content instanceof Secret ? secret(hash) : hash

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
