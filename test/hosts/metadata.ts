import { expect, test } from 'vitest'
import type { Org } from '../../src/inventory/org.ts'
import { readInventory } from '../../src/inventory/read.ts'
import { firewall } from '../../src/steps/firewall.ts'
import { bareHost } from '../lab/bare-hosts.ts'
import type { Sandbox } from '../lab/sandbox.ts'

const ADDRESS = '169.254.169.254'
const TOLD = 'the user data'

// As at the provider: another machine next to the host, to which the host and its containers are routed. A unit has its process
// before the process has its network. It reads the whole question: an end with bytes unread would be a reset, and bash sends each
// line by itself.
const PROVIDER = `set -e
cat > /root/metadata.pl <<'PERL'
use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalPort => 80, Listen => 9, ReuseAddr => 1) or die;
while (my $client = $server->accept) {
  while (<$client>) { last if /^\\r?$/ }
  print $client "HTTP/1.0 200 OK\\r\\n\\r\\n${TOLD}\\n"; close $client
}
PERL
systemd-run --quiet --unit=metadata --property=PrivateNetwork=yes perl /root/metadata.pl
pid=$(systemctl show --property=MainPID --value metadata)
for i in $(seq 50); do if [ "$(readlink /proc/$pid/ns/net)" != "$(readlink /proc/1/ns/net)" ]; then break; fi; sleep 0.1; done
ip link add metadata0 type veth peer name metadata1 netns "$pid"
nsenter --target "$pid" --net sh -c 'ip address add ${ADDRESS}/32 dev metadata1; ip link set metadata1 up; ip route add default dev metadata1'
ip address add 169.254.1.1/32 dev metadata0
ip link set metadata0 up
ip route add ${ADDRESS} dev metadata0 src 169.254.1.1`

const AWAY = 'systemctl stop metadata; ip link delete metadata0 2>/dev/null || true'

// The swarm is up again when this ends.
const RESTARTED = `systemctl restart groundwork-firewall; systemctl restart docker
for i in $(seq 60); do if docker node ls >/dev/null 2>&1; then break; fi; sleep 1; done`

const asked = `exec 3<>/dev/tcp/${ADDRESS}/80 && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && tail -n 1 <&3`
const ofHost = `curl --silent --max-time 5 http://${ADDRESS}/ || echo refused`
// The image has a tag of its own: that of the service is known.
const service = '$(docker ps --quiet --filter name=trouble_it | head -n 1)'
const ofContainer = (image: string) => `docker run --rm ${image} timeout 5 bash -c "${asked}" 2>&1 || true`
const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''

/** What a provider tells of its hosts is the host's business alone. On a host with Docker, a service's image and our firewall. */
export function metadataIsClosedToContainers(of: () => Sandbox, organization: string, name: string): void {
  test('containers cannot ask what a provider tells of their host, and the host can', async () => {
    const box = of()
    const host = await bareHost(box, organization, name)
    const org: Org = readInventory(box.inventory)
    const image = (await host.sh(`docker inspect --format '{{.Image}}' ${service}`)).trim()
    const at = (provider: 'sandbox' | 'digitalocean') =>
      host.converge([firewall], { org: { ...org, hosts: [{ ...host.host, provider }] } })
    const answers = async () => ({
      host: lastLine(await host.sh(ofHost)),
      container: (await host.sh(ofContainer(image))).trim(),
    })
    const open = { host: TOLD, container: TOLD }
    const closed = { host: TOLD, container: expect.stringContaining('No route to host') }
    await host.sh(PROVIDER)
    try {
      expect(await answers()).toEqual(open)
      expect(await at('digitalocean')).toMatchObject({ faults: [], tally: { failed: 0, unknown: 0 } })
      expect(await answers()).toEqual(closed)
      expect((await at('digitalocean')).tally).toMatchObject({ changed: 0, failed: 0 })
      await host.sh(RESTARTED)
      expect(await answers()).toEqual(closed)
    } finally {
      await at('sandbox')
      await host.sh(AWAY)
    }
  })
}
