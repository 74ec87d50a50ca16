import type { Host } from '../../inventory/org.ts'

/** The machine in front of you, on which everything with an API is asked and changed. */
export const operator: Host = {
  name: 'operator',
  provider: 'existing',
  role: 'worker',
  labels: {},
  firstUser: 'root',
  user: 'root',
  port: 22,
  address: undefined,
  hostKey: undefined,
  identity: undefined,
  release: 'trixie',
  distribution: '',
  codename: '',
  architecture: '',
  memoryMiB: 0,
  cores: 0,
  primaryAddress: '',
  sharesKernel: true,
}
