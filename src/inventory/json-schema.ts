import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { inventorySchema } from './schema.ts'

/** The inventory's schema for editors, as inventories/schema.json holds it. Run this file to write it. */
export function jsonSchema(): string {
  const { required = [], ...schema } = z.toJSONSchema(inventorySchema, { io: 'input' })
  // What an inventory over a base lacks stands in the base; who it is, it says itself.
  const needed = required.filter((key) => key !== 'organization')
  const either = { required: ['organization'], anyOf: [{ required: ['base'] }, { required: needed }] }
  return `${JSON.stringify({ title: 'groundwork inventory', ...schema, ...either }, null, 2)}\n`
}

const self = fileURLToPath(import.meta.url)
if (process.argv[1] === self) writeFileSync(join(self, '..', '..', '..', 'inventories', 'schema.json'), jsonSchema())
