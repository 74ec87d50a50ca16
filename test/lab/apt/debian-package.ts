import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** A package as a test wants it. What it installs is `/usr/share/NAME/version`, and these files. */
export interface PackageWish {
  readonly name: string
  readonly version?: string
  /** `all`, unless said. */
  readonly architecture?: string
  readonly depends?: string
  /** Path → text. */
  readonly files?: Readonly<Record<string, string>>
  /** Path → a program of this machine that is to be there. */
  readonly programs?: Readonly<Record<string, string>>
  /** Of the files, those that are configuration: dpkg asks before it replaces a changed one. */
  readonly conffiles?: readonly string[]
  /** `postinst`, `preinst`, `config` (shell text), `templates` (of debconf). */
  readonly scripts?: Readonly<Record<string, string>>
}

/** A built package, and its paragraph in the list of a repository. */
export interface DebianPackage {
  readonly file: string
  readonly bytes: Buffer
  readonly control: string
}

/** Builds a real package with dpkg-deb. */
export async function debianPackage(wish: PackageWish): Promise<DebianPackage> {
  const { name, version = '1.0', architecture = 'all', depends } = wish
  const { files = {}, programs = {}, conffiles = [], scripts = {} } = wish
  const control = [
    `Package: ${name}`,
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    'Maintainer: The weather <weather@example.org>',
    ...(depends ? [`Depends: ${depends}`] : []),
    `Description: a package of the apt weather test`,
    '',
  ].join('\n')
  const folder = await mkdtemp(join(tmpdir(), 'groundwork-deb-'))
  try {
    const write = async (path: string, text: string, mode: number) => {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
      await chmod(join(folder, path), mode)
    }
    await write('DEBIAN/control', control, 0o644)
    for (const [script, text] of Object.entries(scripts))
      await write(
        `DEBIAN/${script}`,
        script === 'templates' ? text : `#!/bin/sh\n${text}\n`,
        script === 'templates' ? 0o644 : 0o755,
      )
    if (conffiles.length) await write('DEBIAN/conffiles', `${conffiles.join('\n')}\n`, 0o644)
    await write(`usr/share/${name}/version`, `${version}\n`, 0o644)
    for (const [path, text] of Object.entries(files)) await write(path, text, 0o644)
    for (const [path, program] of Object.entries(programs)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await copyFile(program, join(folder, path))
      await chmod(join(folder, path), 0o755)
    }
    await chmod(folder, 0o755)
    const built = `${folder}.deb`
    await promisify(execFile)('dpkg-deb', ['--root-owner-group', '--build', '-Zgzip', folder, built])
    const bytes = await readFile(built)
    await rm(built)
    return { file: `${name}_${version}_${architecture}.deb`, bytes, control }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What the list of a repository says of a package that lies in this folder of it. */
export const paragraph = ({ control, file, bytes }: DebianPackage, folder: string): string =>
  `${control}Filename: ${folder}/${file}\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n`

/** In hexadecimal. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Of this machine, and so of its sandbox hosts, as Debian calls it. */
export const debianArchitecture = (): string =>
  execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim()
