// The one command with few of its steps, for what needs no platform: a fifth of the time.
import { main } from '../../src/cli.ts'
import { disks } from '../../src/steps/disks.ts'
import { ownership } from '../../src/steps/ownership.ts'
import { ready } from '../../src/steps/ready.ts'

await main(process.argv, () => [ready, ownership, disks])
