import { platformOn } from './platform.ts'

platformOn('trixie')
