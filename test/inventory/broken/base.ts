export const ANA = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHhSeB8OoSBOEMW/0+vPRy4ocm/Y80GDAOrvHvOGeqzQ ana@laptop'
export const BEN = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAV/KLWahTWDF3oADFp2ytcSDJCZhZniVZilaI4u/Qd0 ben@desk'
export const HOST_KEY = 'SHA256:cvIB5vdzFMcMcnFDfOr6z0fk4z+ggGYqtAQapYnSiO0'

/** A valid inventory, which the broken ones differ from in one place each. */
export const base = `organization: mle
platform: demo
contact: ops@example.org
operators:
  - name: ana
    keys:
      - ${ANA}
  - name: ben
    keys:
      - ${BEN}
hosts:
  - name: mle-1
    provider: existing
    address: 203.0.113.7
    hostKey: ${HOST_KEY}
    role: manager
    labels: { role: storage }
  - name: mle-2
    provider: existing
    address: mle-2.example.org
    port: 2222
    role: worker
  - name: mle-3
    provider: sandbox
    release: bookworm
    role: worker
access: { profile: lan, domain: demo.example.org }
docker:
  version: { trixie: "26.1*" }
  daemon: { dns: [203.0.113.53] }
firewall:
  open:
    - { port: 9100, protocol: tcp, from: [198.51.100.0/24] }
    - { port: 9200 }
system:
  timeZone: Europe/Berlin
  packages: [htop, tmux]
  sysctl: { net.core.somaxconn: 4096 }
  journalMax: 500M
  swapMiB: 512
ssh: { port: 22 }
`

/** An organization of sandboxes alone. */
export const sandboxes = `organization: try
platform: demo
contact: ops@example.org
operators:
  - { name: ana, keys: [generated] }
hosts:
  - { name: one, provider: sandbox }
`
