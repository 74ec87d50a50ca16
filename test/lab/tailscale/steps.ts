// The one command with the step that brings Tailscale and those that every run begins with: a host needs no firewall to refuse a key.
import { main } from '../../../src/cli.ts'
import { ownership } from '../../../src/steps/ownership.ts'
import { ready } from '../../../src/steps/ready.ts'
import { tailscale } from '../../../src/steps/tailscale.ts'

await main(process.argv, (org) => [ready, ownership, ...(org.tailscale ? [tailscale(org.tailscale)] : [])])
