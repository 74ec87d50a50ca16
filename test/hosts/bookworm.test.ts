import { platformOn } from './platform.ts'

platformOn('bookworm')
