import { createSecretKey, generateKeyPairSync, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import type { UserId } from '../../core/domain/ids.ts'
import { signedPayload } from '../../wire/parameters.ts'
import type { ApiKey } from './api-key.ts'
import { verifySignature } from './signature.ts'

const SECRET = 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j'

function key(type: ApiKey['type'], keyObject: ApiKey['keyObject']): ApiKey {
  return {
    apiKey: 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A',
    userId: 1 as UserId,
    type,
    keyObject,
    permissions: [],
    ipAllowList: [],
    expiresMs: null,
    createdMs: 0,
  }
}

const hmac = key('HMAC', createSecretKey(Buffer.from(SECRET)))
const TERMS = 'quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559'
const ORDER = 'symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC'
const WIDE = 'symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96'

/** Binance's published examples. */
const VECTORS = [
  [`${ORDER}&${TERMS}`, '', 'c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71'],
  ['', `${ORDER}&${TERMS}`, 'c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71'],
  [ORDER, TERMS, '0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77'],
  [
    `${WIDE}&side=BUY&type=LIMIT&timeInForce=GTC&${TERMS}`,
    '',
    'e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3',
  ],
] as const

test.each(VECTORS)('W1 the published signature of %j and %j holds', (query, body, signature) => {
  expect(
    verifySignature(hmac, signedPayload(`${query}&signature=${signature}`, body), signature),
  ).toBe(true)
  expect(verifySignature(hmac, signedPayload(query, body), signature.toUpperCase())).toBe(true)
})

test.each([
  ['empty', ''],
  ['63 digits', VECTORS[0][2].slice(1)],
  ['65 digits', `0${VECTORS[0][2]}`],
  ['no hex', 'z'.repeat(64)],
  ['base64', Buffer.from(VECTORS[0][2], 'hex').toString('base64')],
  ['one bit off', VECTORS[0][2].replace(/^c/, 'd')],
])('W1 an HMAC signature that is %s does not hold', (_, signature) => {
  expect(verifySignature(hmac, VECTORS[0][0], signature)).toBe(false)
})

test.each(['RSA', 'ED25519'] as const)(
  'W1 %s signatures are base64 over the same bytes',
  async (type) => {
    const pair =
      type === 'RSA'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ed25519')
    const payload = VECTORS[0][0]
    const algorithm = type === 'RSA' ? 'sha256' : null
    const signature = sign(algorithm, Buffer.from(payload), pair.privateKey).toString('base64')
    const publicKey = key(type, pair.publicKey)
    expect(await verifySignature(publicKey, payload, signature)).toBe(true)
    expect(await verifySignature(publicKey, `${payload}0`, signature)).toBe(false)
    const swapped = signature.replace(/[A-Za-z]/, (c) =>
      c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase(),
    )
    expect(await verifySignature(publicKey, payload, swapped)).toBe(false)
    expect(await verifySignature(publicKey, payload, signature.replace(/=+$/, ''))).toBe(
      !signature.endsWith('='),
    )
    expect(await verifySignature(publicKey, payload, `${signature}\n`)).toBe(false)
  },
)
