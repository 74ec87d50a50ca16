import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { inventorySchema } from './schema.ts'

/** The inventory's schema for editors, as inventories/schema.json holds it. Run this file to write it. */
export const jsonSchema = (): string =>
  `${JSON.stringify({ title: 'groundwork inventory', ...z.toJSONSchema(inventorySchema, { io: 'input' }) }, null, 2)}\n`

const self = fileURLToPath(import.meta.url)
if (process.argv[1] === self) writeFileSync(join(self, '..', '..', '..', 'inventories', 'schema.json'), jsonSchema())
