import { BlockList, isIP, isIPv6 } from 'node:net'

export const ADDRESSES_MAX = 30

/** Addresses and networks separated by commas, such as `192.0.2.7,10.0.0.0/8`; null when one of them is neither. */
export function parseAllowList(text: string): readonly string[] | null {
  const entries = text.split(',').map((entry) => entry.trim())
  return entries.length <= ADDRESSES_MAX && entries.every(isAddressOrNetwork) ? entries : null
}

function isAddressOrNetwork(entry: string): boolean {
  const [network = '', bits, ...rest] = entry.split('/')
  const family = isIP(network)
  if (family === 0 || rest.length > 0) return false
  if (bits === undefined) return true
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32)
}

/** An empty list allows every address; an IPv4 address mapped into IPv6 is that IPv4 address. */
export function ipAllowed(allowList: readonly string[], ip: string): boolean {
  if (allowList.length === 0) return true
  const address = ip.startsWith('::ffff:') && ip.includes('.') ? ip.slice(7) : ip
  const list = new BlockList()
  for (const entry of allowList) {
    const [network = '', bits] = entry.split('/')
    const family = isIPv6(network) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(network, family)
    else list.addSubnet(network, Number(bits), family)
  }
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
