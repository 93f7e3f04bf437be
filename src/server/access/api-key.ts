import type { KeyObject } from 'node:crypto'
import type { UserId } from '../../core/domain/ids.ts'

export type KeyType = 'HMAC' | 'RSA' | 'ED25519'

/** What a key may do. Reading and subscribing need READ; orders TRADE; loans and mode changes MARGIN. */
export type Permission = 'READ' | 'TRADE' | 'MARGIN' | 'TRANSFER'

/** A key as it is checked against. The secret is inside `keyObject` and is made into one once. */
export interface ApiKey {
  readonly apiKey: string
  readonly userId: UserId
  readonly type: KeyType
  /** The HMAC secret, or the public key. */
  readonly keyObject: KeyObject
  readonly permissions: readonly Permission[]
  /** Addresses the key works from; empty: anywhere. */
  readonly ipAllowList: readonly string[]
  /** Wall clock; null: never. */
  readonly expiresMs: number | null
  readonly createdMs: number
}

export interface ApiKeyStore {
  /** The key of that name, unless revoked. */
  find(apiKey: string): ApiKey | undefined
}
