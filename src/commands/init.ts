import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Fault } from '../engine/fault.ts'
import { inventoryFaults } from '../inventory/read.ts'
import { printable } from '../report/printable.ts'
import { initAnswers } from './init-questions.ts'
import { initText } from './init-text.ts'
import { COMMAND } from './options.ts'
import { canAsk } from './questions.ts'

/**
 * `init`: asks, and writes an inventory that the reader takes: inventories/ORG.yaml, or the file that was named.
 * Nothing is written before the last answer, and never over a file. @returns the exit status
 */
export async function init(file: string | undefined): Promise<number> {
  if (!canAsk())
    throw new Fault('init asks, and nobody can be asked here.', {
      because: 'this is no terminal',
      try: 'cp inventories/example.yaml inventories/ORG.yaml   and change it, or run init on a terminal',
      exit: 64,
    })
  if (file !== undefined && existsSync(file)) throw isThere(file)
  const answers = await initAnswers(file, fileOf)
  const target = file ?? fileOf(answers.organization)
  const text = initText(answers, existsSync(join(dirname(target), 'schema.json')))
  const [wrong] = inventoryFaults(text, target)
  if (wrong) throw new Error(`init wrote what the reader refuses: ${wrong.path} ${wrong.message}`)
  mkdirSync(dirname(target), { recursive: true })
  write(target, text)
  process.stdout.write(
    `${printable(target)} is written.\n\n  read it     it has a comment at every line that may want another value\n  look        ${COMMAND} --inventory ${printable(target)} --plan\n`,
  )
  return 0
}

const fileOf = (organization: string): string => join('inventories', `${organization}.yaml`)

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw isThere(file)
    throw new Fault(`${file} cannot be written.`, {
      because: (error as Error).message,
      try: 'name another with --inventory',
      exit: 64,
    })
  }
}

const isThere = (file: string): Fault =>
  new Fault(`${file} is there already, and was left as it is.`, {
    try: `${COMMAND} explain --inventory ${file}   shows what it says; or name another file with --inventory`,
    exit: 64,
  })
