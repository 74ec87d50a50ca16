import { HOST_STATE } from '../engine/left-there.ts'
import { step } from '../engine/resource.ts'
import { Secret } from '../engine/secret.ts'
import { file } from '../resources/file.ts'

/** The host carries the organization's mark, and the first manager its keys: either of these and operator's state restores the other. */
export const ownership = step({
  id: 'ownership',
  title: 'The host knows whose it is',
  resources: ({ host, org }) => [
    file(`${HOST_STATE}/organization`, { content: `${org.name}\n` }),
    // In a plan before the first run there is no key yet, and nothing is written.
    ...(host.name === org.hosts.find(({ role }) => role === 'manager')?.name
      ? [
          file(`${HOST_STATE}/key`, { content: new Secret(`${org.key?.reveal() ?? ''}\n`), mode: '600' }),
          ...(org.keptKeys ? [keptKeys(org.keptKeys)] : []),
        ]
      : []),
  ],
})

const keptKeys = (line: Secret) =>
  file(`${HOST_STATE}/spaces-keys`, { content: new Secret(`${line.reveal()}\n`), mode: '600' })
