import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Answer } from '../engine/answer.ts'
import { Fault } from '../engine/fault.ts'
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

/**
 * A regular file with this content, mode and owner. A link, a directory or a device in its place is told, and neither followed
 * nor removed; so is a directory above it in which others could plant one.
 * @throws Fault for a path that is not absolute and plain
 */
export const file = (path: string, { content, mode = '644', owner = 'root:root', check }: FileWish): Resource => {
  mustBePlain(path)
  const bytes = bytesOf(content)
  const hash = sha256(bytes)
  const ask = look(path)
  return resource({
    name: `file ${path}`,
    desired: { content: hidden(content, hash), mode, owner, directory: ROOTS_ALONE },
    actual: {
      content: { ask, read: (answer) => answer.split(/\s/)[2] },
      mode: { ask, read: (answer) => answer.split(' ')[0] },
      owner: { ask, read: (answer) => answer.split(/\s/)[1] },
      directory: onlyRootsDirectories(directoryOf(path)),
    },
    fix: (changes) =>
      changes.content
        ? write(path, {
            data: dataOf(content),
            hash: hidden(content, hash),
            mode,
            owner,
            check,
            keep: !(content instanceof Secret),
          })
        : sh`chown -h -- ${owner} ${path}; chmod -- ${mode} ${path}`,
    ...(typeof content === 'string' && bytes.length < DIFF_BYTES
      ? { show: { old: sh`cat ${path}`, wanted: content } }
      : {}),
  })
}

const ROOTS_ALONE = "root's alone"

// Longer texts nobody reads in a plan.
const DIFF_BYTES = 1024 * 1024

function mustBePlain(path: string): void {
  const parts = path.split('/').slice(1)
  if (path.startsWith('/') && !path.includes('\0') && parts.every((part) => part && part !== '.' && part !== '..'))
    return
  throw new Fault('A file has an absolute path without `.`, `..` and empty parts.', {
    at: `file ${path}`,
    because: 'it would lie somewhere else than its name says',
    exit: 64,
  })
}

const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'

/** A directory, and every one above it. */
const upwards = (directory: string): readonly string[] =>
  directory.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/') || '/')

// Where others may write, they can put a link or a pipe between our look and our write. The text names the directory alone,
// so that all files in it share the question: with a question a file, 50 hosts took a third longer (measured).
const onlyRootsDirectories = (
  directory: string,
): Sh => sh`seen=$(stat -L -c '%u %g %A' -- ${upwards(directory)} 2>/dev/null)
IFS='
'
for one in $seen; do
  case $one in "0 "*" d"????-??-? | "0 0 d"???????-?) ;; *) echo ${`${directory} or a directory above it is none, belongs to others than root, or is open to them; groundwork writes nothing there. Look with: namei -l ${directory}`} >&2; exit 1 ;; esac
done
echo ${ROOTS_ALONE}`

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
  const directory = directoryOf(path)
  const unwritten = `${path} cannot be written whole, and the old one stays: is the disk full?`
  return sh`
    if [ -d ${path} ] || [ -L ${path} ]; then echo ${`${path} is a directory or a link; move it away`} >&2; exit 1; fi
    if mountpoint -q -- ${path}; then echo ${`${path} is a mount of its own and cannot be replaced whole; unmount it, or name the file that it shows`} >&2; exit 1; fi
    mkdir -p -- ${directory}
    rm -f -- ${`${directory}/.groundwork.`}??????????
    temporary=$(mktemp -- ${`${directory}/.groundwork.XXXXXXXXXX`})
    trap 'rm -f -- "$temporary"' EXIT
    chown -- ${owner} "$temporary"
    chmod -- ${mode} "$temporary"
    ${data} > "$temporary" || { echo ${unwritten} >&2; exit 1; }
    [ "$(sha256sum < "$temporary")" = ${hash}"  -" ] || { echo ${unwritten} >&2; exit 1; }
    ${check ? sh`${check} "$temporary"` : sh`:`}
    sync -- "$temporary"
    ${keep ? keepOld(path) : sh`:`}
    mv -fT -- "$temporary" ${path} || { echo ${`${path} cannot be replaced, and the old one stays: is it immutable? Look with: lsattr -d ${path}`} >&2; exit 1; }
    sync -- ${directory}`
}

const KEEP = 10

/** Keeps a copy of what is about to be replaced, for root alone: the last ten of each file. */
export const keepOld = (path: string): Sh => sh`if [ -f ${path} ]; then (
      umask 077
      kept=${`${REPLACED}/${path.slice(1).replaceAll('/', '_')}`}
      mkdir -p ${REPLACED}
      cat < ${path} > "$kept.$(date -u +%Y%m%dT%H%M%S.%NZ)" || { echo ${`the old ${path} cannot be kept in ${REPLACED}, so it is not replaced`} >&2; exit 1; }
      set -- "$kept".????????T*Z
      while [ $# -gt ${KEEP} ]; do rm -f -- "$1"; shift; done
    ) fi`

// Text goes as text, so that it can be read in a plan; what no shell word can carry goes as base64, and a program packed.
function dataOf(content: FileWish['content']): Sh {
  if (content instanceof Secret && isText(content.reveal())) return sh`printf %s ${content}`
  if (typeof content === 'string' && isText(content)) return sh`printf %s ${content}`
  if (content instanceof Uint8Array && content.length > DIFF_BYTES)
    return sh`printf %s ${gzipSync(content).toString('base64')} | base64 -d | gzip -d`
  const base64 = Buffer.from(bytesOf(content)).toString('base64')
  return sh`printf %s ${content instanceof Secret ? secret(base64) : base64} | base64 -d`
}

const isText = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

const bytesOf = (content: FileWish['content']): Uint8Array =>
  content instanceof Uint8Array ? content : Buffer.from(content instanceof Secret ? content.reveal() : content, 'utf8')

const hidden = (content: FileWish['content'], hash: string): string | Secret =>
  content instanceof Secret ? secret(hash) : hash

// A program's bytes are the same object in every step of every host, and 30 MB take a while.
const hashes = new WeakMap<Uint8Array, string>()

function sha256(bytes: Uint8Array): string {
  const hash = hashes.get(bytes) ?? createHash('sha256').update(bytes).digest('hex')
  hashes.set(bytes, hash)
  return hash
}
