import { createHash } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { cacheDirectory } from '../../../src/engine/places.ts'
import { hostSettings, operatorSettings } from '../../../src/provision/nspawn/apt.ts'
import { baseOf } from '../../../src/provision/nspawn/base.ts'
import { exists } from '../../../src/provision/nspawn/files.ts'
import { onSandbox } from '../../../src/provision/nspawn/lock.ts'
import { packagesUrl } from '../../../src/provision/nspawn/packages.ts'
import { run } from '../../../src/provision/nspawn/run.ts'

// What droplets read their user data with (docs.cloud-init.io, "DigitalOcean": ConfigDrive since 23.2). Their network is there already.
const config = `datasource_list: [ ConfigDrive ]
network: { config: disabled }
`
const SETTINGS = 'etc/apt/apt.conf.d/90image'
const install = `set -e
mount --bind /proc "$1/proc"
mount --bind /dev "$1/dev"
chroot "$1" sh -c 'apt-get update && apt-get install -y --no-install-recommends cloud-init e2fsprogs && apt-get clean' 2>&1`

/** The directory of a Debian as DigitalOcean hands it over, with Debian's own cloud-init: made once, and kept. Call it while there is a claim. */
export async function dropletImage(release: string): Promise<string> {
  const base = await baseOf(release, packagesUrl, () => undefined)
  const hash = createHash('sha256')
    .update(config + install)
    .digest('hex')
  const path = join(cacheDirectory(), 'lab', `droplet-${basename(base)}-${hash.slice(0, 8)}`)
  if (await exists(path)) return path
  return onSandbox(`${path}.lock`, async (holding) => {
    if (await exists(path)) return path
    console.log(`making the image of a droplet (${release} with cloud-init): half a minute, once`)
    const part = `${path}.part`
    await rm(part, { recursive: true, force: true })
    await mkdir(join(path, '..'), { recursive: true })
    await run('cp', ['-a', '--reflink=auto', base, part], { holding })
    await writeFile(join(part, SETTINGS), hostSettings(await operatorSettings(), packagesUrl).join('\n'))
    await run('unshare', ['--mount', '--propagation=private', 'sh', '-c', install, 'sh', part], { holding })
    await rm(join(part, SETTINGS))
    await rm(join(part, 'etc/machine-id'), { force: true })
    await writeFile(join(part, 'etc/cloud/cloud.cfg.d/90_droplet.cfg'), config)
    await rename(part, path)
    return path
  })
}
