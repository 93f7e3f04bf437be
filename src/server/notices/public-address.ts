import { BlockList, isIP } from 'node:net'

/** Networks that no stranger may have this venue connect to: its own, its neighbours', and what only looks public. */
const PRIVATE: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]

/** A set of networks in the form `10.0.0.0/8` or `::1/128`. Throws for a text that is none. */
export function networksOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/')
    const family = isIP(address)
    const most = family === 6 ? 128 : 32
    if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > most) {
      throw new RangeError(`${network} is no network such as 10.0.0.0/8`)
    }
    list.addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}

const CLOSED = networksOf(PRIVATE)

export function contains(networks: BlockList, address: string): boolean {
  return networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** An IPv4 address written as IPv6 is refused as such: no public name has one. */
export function isPublicAddress(address: string): boolean {
  return isIP(address) !== 0 && !/^::ffff:/i.test(address) && !contains(CLOSED, address)
}
