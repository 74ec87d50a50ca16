import { isIP, isIPv4 } from 'node:net'
import ipaddr from 'ipaddr.js'
import { shown } from './mark.ts'
import { fingerprintOf } from './public-key.ts'

/** What is wrong with a host's address: a name, an IP address, or an alias of ~/.ssh/config; undefined: nothing. */
export function addressFault(address: string): string | undefined {
  if (isIP(address) && !address.includes('%')) return undefined
  const is = `is ${shown(address)}; `
  if (address.startsWith('-')) return `${is}it may not begin with a dash, which programs take for an option`
  if (address.includes('://')) return `${is}write the address alone`
  if (address.startsWith('[')) return `${is}write an IPv6 address without brackets, and the port as port`
  if (address.includes('@')) return `${is}write the address alone, and who logs in as firstUser`
  if (/^[^:]+:\d+$/.test(address)) return `${is}write the address alone, and the port as port`
  if (/^[\d.]+$/.test(address)) return `${is}an IPv4 address has four numbers from 0 to 255`
  if (address.includes(':')) return `${is}that is no IPv6 address`
  if (address.length <= 253 && /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(address)) return undefined
  return `${is}a name, an IP address, or an alias of ~/.ssh/config`
}

/** What is wrong with a range of addresses, `203.0.113.0/24`; undefined: nothing. */
export function rangeFault(range: string): string | undefined {
  const [address = '', prefix, ...more] = range.split('/')
  const is = `is ${shown(range)}; `
  const longest = isIPv4(address) ? 32 : 128
  if (!isIP(address) || address.includes('%') || more.length)
    return `${is}a range is an IP address and a prefix: 203.0.113.0/24`
  if (prefix === undefined) return `${is}write ${address}/${longest} for this one address`
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > longest) return `${is}the prefix is 0 to ${longest}`
  const network = isIPv4(address)
    ? ipaddr.IPv4.networkAddressFromCIDR(range).toString()
    : ipaddr.IPv6.networkAddressFromCIDR(range).toString()
  const exact = isIPv4(address) ? address : ipaddr.IPv6.parse(address).toString()
  return exact === network ? undefined : `${is}the range begins at ${network}/${prefix}`
}

/** What is wrong with the range of a private network at DigitalOcean; undefined: nothing. */
export function vpcRangeFault(range: string): string | undefined {
  const fault = rangeFault(range)
  if (fault !== undefined) return fault
  const is = `is ${shown(range)}; `
  const [address = '', prefix] = range.split('/')
  if (!isIPv4(address) || ipaddr.IPv4.parse(address).range() !== 'private')
    return `${is}a private range: of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16`
  return Number(prefix) >= 16 && Number(prefix) <= 28 ? undefined : `${is}the prefix is 16 to 28`
}

/** What is wrong with the fingerprint of a host's key; undefined: nothing. */
export function hostKeyFault(hostKey: string): string | undefined {
  if (/^SHA256:[A-Za-z0-9+/]{43}$/.test(hostKey)) return undefined
  const known = fingerprintOf(hostKey)
  if (known) return `is the key itself; write its fingerprint: ${known}`
  if (/^(MD5:)?([0-9a-f]{2}:){15}[0-9a-f]{2}$/i.test(hostKey))
    return 'is an MD5 fingerprint; write SHA256:…, as ssh-keygen -lf prints it'
  return `is ${shown(hostKey)}; SHA256: and 43 characters, as ssh-keygen -lf prints it`
}

/** What is wrong with the address of a server, `https://tailnet.example.org`; undefined: nothing. */
export function serverFault(server: string): string | undefined {
  const is = `is ${shown(server)}; `
  if (!/^https?:\/\/[A-Za-z0-9.:[\]-]+$/.test(server) || !URL.canParse(server))
    return `${is}https:// and a name, without a slash behind it: https://tailnet.example.org`
  return undefined
}

/** What is wrong with the address of a package repository, `https://packages.example.org/tailscale/stable`; undefined: nothing. */
export function repositoryFault(address: string): string | undefined {
  if (/^https?:\/\/[^/]*@/.test(address))
    return 'has a password in it, or a name; apt takes those from a file of /etc/apt/auth.conf.d on the host'
  if (/^https?:\/\/[A-Za-z0-9.:[\]-]+(\/[A-Za-z0-9._~+-]+)*$/.test(address) && URL.canParse(address)) return undefined
  return `is ${shown(address)}; https:// (or http://), a name and a path, without a slash behind it: https://packages.example.org/tailscale/stable`
}

/** What is wrong with the fingerprint of a key of OpenPGP; undefined: nothing. */
export function fingerprintFault(fingerprint: string): string | undefined {
  if (/^[0-9A-F]{40}$/.test(fingerprint)) return undefined
  const plain = fingerprint.replace(/[\s:]|^0x/g, '').toUpperCase()
  const is = `is ${shown(fingerprint)}; `
  return /^[0-9A-F]{40}$/.test(plain)
    ? `${is}write ${plain}`
    : `${is}40 digits and letters A to F, as gpg --show-keys prints it`
}
