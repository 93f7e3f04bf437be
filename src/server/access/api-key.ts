import type { KeyObject } from 'node:crypto'
import type { UserId } from '../../core/domain/ids.ts'
import type { Parameters } from '../../wire/parameters.ts'

export type KeyType = 'HMAC' | 'RSA' | 'ED25519'

/** What a key may do: read and listen, trade spot, trade on margin, take up and repay loans, move between wallets. */
export const PERMISSIONS = ['READ', 'SPOT', 'MARGIN', 'BORROW', 'TRANSFER'] as const
/** A user's key has some of them; an operator's key has OPERATE alone, and what it may do there is a matter of roles. */
export type Permission = (typeof PERMISSIONS)[number] | 'OPERATE'

/** From names separated by commas, such as `READ,SPOT`; null when one is none, or is there twice. */
export function parsePermissions(text: string): readonly Permission[] | null {
  const names = text.split(',')
  const chosen = PERMISSIONS.filter((permission) => names.includes(permission))
  return chosen.length === names.length ? chosen : null
}

/** What a request needs of its key; of some requests the parameters decide. */
export type Right = Permission | ConditionalRight

export interface ConditionalRight {
  /** For the table of endpoints. */
  readonly text: string
  readonly of: (parameters: Parameters) => readonly Permission[]
}

export function permissionsFor(right: Right, parameters: Parameters): readonly Permission[] {
  return typeof right === 'string' ? [right] : right.of(parameters)
}

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
