import { type Resource, resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'

/**
 * No overlay's interface is left outside of its network's namespace. Docker 26 leaves them there when it restarts under an
 * internal overlay, and then no task joins that network: "error creating vxlan interface: file exists" (seen on Debian 13).
 */
export const noStaleVxlan = (): Resource =>
  resource({
    name: 'interfaces of former overlays',
    desired: { left: 'none' },
    actual: {
      left: sh`left=$(ip -o link show type vxlan 2>/dev/null | sed -n 's/^[0-9]*: \(vx-[0-9a-f]*-[0-9a-z]*\)[:@].* state DOWN .*/\1/p' | sort | tr '\n' ' '); echo "\${left:-none}"`,
    },
    fix: () => sh`
      for name in $(ip -o link show type vxlan | sed -n 's/^[0-9]*: \(vx-[0-9a-f]*-[0-9a-z]*\)[:@].* state DOWN .*/\1/p'); do
        ip link delete "$name"
      done`,
  })
