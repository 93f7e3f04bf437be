import { createPublicKey, type KeyObject, randomBytes } from 'node:crypto'
import type { KeyType } from './api-key.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const KEY_LENGTH = 64
/** The largest multiple of the alphabet's size that a byte can hold: bytes from there on would favour some letters. */
const UNBIASED = 256 - (256 % ALPHABET.length)

const RSA_BITS_MIN = 2048

/** 64 letters and digits, as Binance's keys and secrets are: about 381 bits of chance. */
export function randomKeyText(): string {
  let text = ''
  while (text.length < KEY_LENGTH) {
    for (const byte of randomBytes(KEY_LENGTH)) {
      if (byte < UNBIASED && text.length < KEY_LENGTH) text += ALPHABET[byte % ALPHABET.length]
    }
  }
  return text
}

/** Why a public key cannot be used. */
export type PublicKeyFault = 'malformed' | 'wrong_type' | 'too_short'

/** A user's public key from PEM text. */
export function parsePublicKey(
  type: Exclude<KeyType, 'HMAC'>,
  pem: string,
): KeyObject | PublicKeyFault {
  // createPublicKey would take a private key as well, which must not be sent to us.
  if (!pem.includes('-----BEGIN PUBLIC KEY-----')) return 'malformed'
  let key: KeyObject
  try {
    key = createPublicKey(pem)
  } catch {
    return 'malformed'
  }
  if (key.asymmetricKeyType !== type.toLowerCase()) return 'wrong_type'
  const bits = key.asymmetricKeyDetails?.modulusLength ?? RSA_BITS_MIN
  return bits < RSA_BITS_MIN ? 'too_short' : key
}
