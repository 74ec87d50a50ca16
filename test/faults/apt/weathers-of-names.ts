import { publishing, sun, type Weather } from './weather.ts'

/** Without its hosts file every sudo waits for a name server. */
export const weathersOfNames: readonly Weather[] = [
  {
    name: 'the hosts file is empty, and the host has another name',
    quick: true,
    wanted: ['sun'],
    make: publishing([sun], ': > /etc/hosts; hostname other; rm /etc/hostname'),
    outcome: 'works',
    seconds: 40,
    says: [/hostname: kernel other → rain/],
    holds:
      'getent hosts rain | grep -q 127.0.1.1 && getent ahostsv4 localhost | grep -q 127.0.0.1 && [ "$(cat /etc/hostname)" = rain ] && [ -z "$(ls /etc/*.groundwork 2>/dev/null)" ]',
  },
]
