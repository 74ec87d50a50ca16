// groundwork's own command with the benchmark's list in the place of THE LIST, bundled as the product is.
import { main } from '../../src/cli.ts'
import { list } from './list.ts'
import { wish } from './wish.ts'

await main(process.argv, () => list(wish(Number(process.env.BENCH_RESOURCES))))
