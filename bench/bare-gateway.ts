import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * The peer of the gateway: node:http that reads a request, checks its HMAC signature over the bytes as received, and
 * answers what an order's acknowledgement looks like. It keeps nothing and decides nothing.
 */
const secret = process.argv[2] ?? ''
const ANSWER = JSON.stringify({
  symbol: 'BTCUSDT',
  orderId: 1,
  orderListId: -1,
  clientOrderId: 'bench',
  transactTime: 1_700_000_000_000,
})

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const url = request.url ?? '/'
    const payload = url.slice(url.indexOf('?') + 1) + Buffer.concat(chunks).toString('latin1')
    const at = payload.lastIndexOf('&signature=')
    const expected = createHmac('sha256', secret).update(payload.slice(0, at), 'latin1').digest()
    const given = Buffer.from(payload.slice(at + 11), 'hex')
    const valid = given.length === expected.length && timingSafeEqual(given, expected)
    response.writeHead(valid ? 200 : 400, { 'content-type': 'application/json; charset=utf-8' })
    response.end(valid ? ANSWER : '{"code":-1022,"msg":"Signature for this request is not valid."}')
  })
})
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
