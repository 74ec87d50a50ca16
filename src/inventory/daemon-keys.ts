/** Keys of Docker's daemon.json that groundwork itself sets, or on which what it does relies; each with the reason. */
export const OWN_DAEMON_KEYS: Readonly<Record<string, string>> = {
  'data-root': 'volumes and images lie where groundwork looks for them',
  'default-address-pools': 'groundwork takes addresses in which no host lives',
  'exec-root': 'the unit of Debian knows one place',
  hosts: "the unit of Debian names Docker's socket already, and Docker does not start with both",
  ip6tables: 'the firewall relies on the chains of Docker',
  iptables: 'the firewall relies on the chains of Docker',
  'live-restore': 'Swarm does not run with it',
  'log-driver': 'logs are rotated, and read with docker logs',
  'log-opts': 'logs are rotated, and read with docker logs',
  pidfile: 'the unit of Debian knows one place',
}
