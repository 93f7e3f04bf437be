import { createHmac, createSecretKey, timingSafeEqual, verify } from 'node:crypto'
import type { ApiKey } from './api-key.ts'

const HEX_SHA256 = /^[0-9a-fA-F]{64}$/
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** Signed against when a key is unknown, so that its absence costs what its presence would. */
const NOBODY = createSecretKey(Buffer.alloc(64, 1))

/**
 * Whether `signature` is this key's over exactly `payload`.
 *
 * HMAC is compared in constant time, hex in either case. RSA and Ed25519 are verified on libuv's threads:
 * at some 5,500 a second and core, Ed25519 would hold up every other request.
 */
export function verifySignature(
  key: ApiKey,
  payload: string,
  signature: string,
): boolean | Promise<boolean> {
  if (key.type === 'HMAC') return verifyHmac(key, payload, signature)
  if (!BASE64.test(signature)) return false
  const bytes = Buffer.from(signature, 'base64')
  // Accepts the one canonical spelling, so that a signature cannot be written two ways.
  if (bytes.toString('base64') !== signature) return false
  return verifyAsymmetric(key, payload, bytes)
}

/** Does an unknown key's work, and forgets it. */
export function verifyNobody(payload: string): void {
  createHmac('sha256', NOBODY).update(payload, 'latin1').digest()
}

function verifyHmac(key: ApiKey, payload: string, signature: string): boolean {
  if (!HEX_SHA256.test(signature)) return false
  const expected = createHmac('sha256', key.keyObject).update(payload, 'latin1').digest()
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'))
}

function verifyAsymmetric(key: ApiKey, payload: string, signature: Buffer): Promise<boolean> {
  const algorithm = key.type === 'RSA' ? 'sha256' : null
  return new Promise((resolve) => {
    verify(algorithm, Buffer.from(payload, 'latin1'), key.keyObject, signature, (error, valid) =>
      resolve(error === null && valid),
    )
  })
}
