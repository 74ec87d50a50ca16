import { readInventory } from './read.ts'

for (const f of process.argv.slice(2)) {
  const t = performance.now()
  try {
    console.log(JSON.stringify(readInventory(f)).slice(0, 3000))
  } catch (e) {
    console.log((e as Error).message)
  }
  console.log(performance.now() - t)
}
