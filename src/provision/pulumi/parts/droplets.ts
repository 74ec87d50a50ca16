import { type DropletWanted, dropletOf } from '../../digitalocean/droplets/droplet.ts'
import { md5Of, type SshKeyWanted } from '../../digitalocean/ssh-key.ts'
import { keyOf, told } from '../part.ts'
import { type Parts, text, withOthers } from './now.ts'

const nameOf = (name: string, fingerprint: string): string => `${name}-${fingerprint.replaceAll(':', '').slice(0, 12)}`

export const keyParts: Parts<SshKeyWanted> = ({ name, publicKey, fingerprint }, { org, objects }) => [
  {
    type: 'SshKey',
    name: nameOf(name, fingerprint),
    of: name,
    id: text(objects.sshKeys.find((one) => one.fingerprint === fingerprint)?.id),
    inputs: { name: `groundwork-${org.name} ${name}`, publicKey },
    // A key that is there may have a name that a person gave it.
    once: ['name'],
  },
]

export const dropletParts: Parts<DropletWanted> = (wanted, { org, objects, replaced, userData }) => {
  const { name, region, size, image, backups, monitoring, sshKeys, vpc } = wanted
  const one = dropletOf(objects, org.name, name)
  const replace = replaced.includes(name)
  const data = userData.get(name)
  return [
    {
      type: 'Droplet',
      name,
      of: name,
      id: text(one?.id),
      inputs: {
        name,
        region,
        size,
        image,
        backups,
        monitoring,
        tags: withOthers(wanted.tags, replace ? undefined : one?.tags),
        sshKeys,
        ...(vpc !== undefined && { vpcUuid: told('Vpc', vpc, 'id') }),
        // The disk stays as it is, so that the droplet can be made smaller again.
        resizeDisk: false,
        gracefulShutdown: true,
        // It holds the key of its first minutes.
        ...(data !== undefined && { userData: { secret: data } }),
      },
      kept: true,
      replace,
      once: ['name', 'image', 'userData', 'sshKeys', 'monitoring', 'dropletAgent', 'ipv6', 'vpcUuid', 'backupPolicy'],
      hidden: ['userData'],
      after: org.operators.flatMap((operator) =>
        operator.keys.map((key) => keyOf({ type: 'SshKey', name: nameOf(operator.name, md5Of(key)) })),
      ),
    },
  ]
}
