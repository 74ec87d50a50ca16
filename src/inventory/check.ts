import { checkDatabases } from './check-databases.ts'
import { checkDigitalOcean } from './check-digitalocean.ts'
import { checkDns } from './check-dns.ts'
import { checkHosts } from './check-hosts.ts'
import { checkManagers } from './check-managers.ts'
import { checkOperators } from './check-operators.ts'
import { checkDocker, checkFirewall, checkPlatform, checkSystem } from './check-services.ts'
import { checkSpaces } from './check-spaces.ts'
import { checkTailscale } from './check-tailscale.ts'
import { checkVolumes } from './check-volumes.ts'
import type { Mark } from './mark.ts'

/** What is wrong between keys, and what no schema can say. Runs over what is wrong otherwise, too, so that all faults are told at once. */
export const crossMarks = (value: unknown, file: string): readonly Mark[] => [
  ...checkPlatform(value, file),
  ...[
    checkOperators,
    checkHosts,
    checkManagers,
    checkDigitalOcean,
    checkDns,
    checkDatabases,
    checkSpaces,
    checkDocker,
    checkFirewall,
    checkSystem,
    checkTailscale,
    checkVolumes,
  ].flatMap((check) => check(value)),
]
