// Run by the build, as the last part of it: what the bundle reads of its platforms is what the bundle's own code has checked.
import { readdirSync } from 'node:fs'
import { Fault } from '../engine/fault.ts'
import { platformRoot, readPlatform } from './platform.ts'
import { preparePlatform } from './prepared.ts'

for (const name of readdirSync(platformRoot())) {
  try {
    preparePlatform(readPlatform(name))
  } catch (error) {
    // One that is wrong is told when it is used.
    if (!(error instanceof Fault)) throw error
    console.warn(`platform ${name}: ${error.message} ${error.because ?? ''}`)
  }
}
