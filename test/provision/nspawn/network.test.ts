import { expect, test } from 'vitest'
import { hardwareAddress } from '../../../src/provision/nspawn/network.ts'

test.each([
  ['10.77.0.11', '02:67:0a:4d:00:0b'],
  ['192.168.255.254', '02:67:c0:a8:ff:fe'],
])('%s has the hardware address %s', (address, hardware) => expect(hardwareAddress(address)).toBe(hardware))
