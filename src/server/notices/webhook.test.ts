import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { UserId } from '../../core/domain/ids.ts'
import type { Delivery } from './delivery.ts'
import { isPublicAddress, networksOf } from './public-address.ts'
import { postWebhook, signatureOf, webhookFault } from './webhook.ts'

const HOME = { allowed: networksOf(['127.0.0.0/8', '::1/128']) }
const ABROAD = { allowed: networksOf([]) }
const SECRET = 'of the user'
const NOW_MS = 1_700_000_000_000

const delivery: Delivery = {
  noticeId: '12-3',
  channel: 'WEBHOOK',
  userId: 1 as UserId,
  payload: '{"type":"MARGIN_CALL","text":"über"}',
  state: 'PENDING',
  attempts: 0,
  createdMs: 0,
  nextMs: 0,
  doneMs: null,
  error: null,
}

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function listen(
  answer: (request: IncomingMessage, body: string, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => answer(request, Buffer.concat(parts).toString(), response))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?a=b`
}

function send(url: string, rules: Parameters<typeof postWebhook>[2] = HOME): Promise<void> {
  return postWebhook({ url, secret: SECRET, createdMs: 0 }, delivery, rules, NOW_MS)
}

test('N2 N4 the body arrives as it is, signed, under an id that repetitions share', async () => {
  const seen: [IncomingMessage, string][] = []
  const url = await listen((request, body, response) => {
    seen.push([request, body])
    response.end('thanks')
  })
  await send(url)
  const [[request, body]] = seen as [[IncomingMessage, string]]
  expect([request.method, request.url, body]).toEqual(['POST', '/hook?a=b', delivery.payload])
  expect(request.headers).toMatchObject({
    'content-type': 'application/json',
    'idempotency-key': '12-3',
    'x-fulcrum-timestamp': String(NOW_MS),
    'x-fulcrum-signature': signatureOf(SECRET, NOW_MS, body),
  })
})

test.each([
  [199, false],
  [204, true],
  [299, true],
  [301, false],
  [410, false],
  [500, false],
])('N3 an answer of %i counts as arrived: %s', async (status, arrived) => {
  const url = await listen((_request, _body, response) => {
    if (status < 200) response.socket?.destroy()
    else response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end()
  })
  const sent = send(url)
  if (arrived) await sent
  else await expect(sent).rejects.toMatchObject({ name: 'DeliveryFailed' })
})

test('N4 who does not answer in time has failed', async () => {
  const url = await listen(() => {})
  await expect(send(url, { ...HOME, timeoutMs: 50 })).rejects.toThrow('did not answer in time')
})

test('N4 a name that does not resolve, or in no time, has failed', async () => {
  const nobody = { ...ABROAD, resolve: async () => [] }
  await expect(send('https://example.org/', nobody)).rejects.toThrow('has no address')
  const hanging = { ...ABROAD, timeoutMs: 20, resolve: () => new Promise<never>(() => {}) }
  await expect(send('https://example.org/', hanging)).rejects.toThrow('did not answer in time')
})

test.each([
  ['http://127.0.0.1/'],
  ['https://127.0.0.1/'],
  ['https://2130706433/'],
  ['https://0x7f.1/'],
  ['https://[::1]/'],
  ['https://[::ffff:10.0.0.1]/'],
  ['https://[::ffff:8.8.8.8]/'],
  ['https://[64:ff9b::a00:1]/'],
  ['https://169.254.169.254/latest/meta-data'],
  ['https://user@8.8.8.8/'],
  ['https://user:password@example.org/'],
  ['ftp://example.org/'],
  ['file:///etc/passwd'],
  ['javascript:alert(1)'],
  ['example.org'],
  [`https://example.org/${'x'.repeat(500)}`],
])('N4 %s is no webhook', async (url) => {
  expect(webhookFault(url, ABROAD)).not.toBeNull()
  await expect(send(url, ABROAD)).rejects.toMatchObject({ name: 'DeliveryFailed' })
})

test.each([
  ['a private address', 'https://example.org/', ['10.1.2.3']],
  ['a private one beside a public one', 'https://example.org/', ['8.8.8.8', '192.168.0.1']],
  ['this machine', 'https://example.org:8443/', ['::1']],
  ['plain http', 'http://example.org/', ['8.8.8.8']],
  ['another port', 'https://example.org:22/', ['8.8.8.8']],
])('N4 a name that leads to %s is not connected to', async (_, url, addresses) => {
  expect(webhookFault(url, ABROAD)).toBeNull()
  const asked: string[] = []
  const resolve = async (host: string) => {
    asked.push(host)
    return addresses
  }
  await expect(send(url, { ...ABROAD, resolve })).rejects.toThrow(
    /must be https|not a public address/,
  )
  expect(asked).toEqual(['example.org'])
})

test('N4 the connection goes to the address that was looked at', async () => {
  let hosts: (string | undefined)[] = []
  const url = await listen((request, _body, response) => {
    hosts = [...hosts, request.headers.host]
    response.end()
  })
  const { port } = new URL(url)
  const resolve = async () => ['127.0.0.1']
  await send(`http://hook.example.org:${port}/`, { ...HOME, resolve })
  expect(hosts).toEqual([`hook.example.org:${port}`])
})

test.each([
  ['0.0.0.0', false],
  ['9.255.255.255', true],
  ['10.0.0.0', false],
  ['11.0.0.0', true],
  ['100.63.255.255', true],
  ['100.64.0.0', false],
  ['100.127.255.255', false],
  ['100.128.0.0', true],
  ['172.15.255.255', true],
  ['172.16.0.0', false],
  ['172.31.255.255', false],
  ['172.32.0.0', true],
  ['198.17.255.255', true],
  ['198.18.0.0', false],
  ['223.255.255.255', true],
  ['224.0.0.0', false],
  ['255.255.255.255', false],
  ['::', false],
  ['::1', false],
  ['2606:4700::1111', true],
  ['fbff::1', true],
  ['fc00::1', false],
  ['fdff::1', false],
  ['fe80::1', false],
  ['2001:db8::1', false],
  ['2002:a00:1::', false],
  ['ff02::1', false],
  ['no address', false],
])('N4 %s is public: %s', (address, isPublic) => {
  expect(isPublicAddress(address)).toBe(isPublic)
})

test.each(['10.0.0.0', '10.0.0.0/33', 'x/8', '::1/129', '10.0.0.0/'])(
  'N4 %s is no network',
  (text) => {
    expect(() => networksOf([text])).toThrow(RangeError)
  },
)
