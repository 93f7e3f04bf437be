import { createHash, randomBytes } from 'node:crypto'
import type { SymbolIndex, UserId } from '../../core/domain/ids.ts'
import { DAY_MS, HOUR_MS } from '../../core/domain/ids.ts'

/** What is listened to: a wallet's orders and balances, or a margin account's level and debts. */
export type ListenAccount = 'SPOT' | 'CROSS_MARGIN' | 'RISK' | `ISOLATED_MARGIN ${number}`

/** The isolated account of a pair. */
export function isolatedListen(pair: SymbolIndex): ListenAccount {
  return `ISOLATED_MARGIN ${pair}`
}

export interface ListenGrant {
  readonly token: string
  readonly userId: UserId
  readonly account: ListenAccount
  /** Wall clock. */
  readonly expiresMs: number
}

export const LISTEN_TOKEN_VALIDITY_MAX_MS = DAY_MS
export const LISTEN_KEY_VALIDITY_MS = HOUR_MS
const GRANTS_PER_USER_MAX = 1_000

/**
 * The rights to listen that are out: tokens, one per call, and listen keys, one per user and account that is prolonged.
 * They live in memory; after a restart clients ask again, as they do when a stream breaks off.
 */
export class ListenTokens {
  readonly #grants = new Map<string, ListenGrant>()
  readonly #listenKeys = new Map<string, string>()
  readonly #counts = new Map<UserId, number>()
  readonly #nowMs: () => number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** A fresh token for `validityMs` from now, at most a day. */
  issue(userId: UserId, account: ListenAccount, validityMs: number): ListenGrant {
    this.#sweep(userId)
    const expiresMs = this.#nowMs() + Math.min(validityMs, LISTEN_TOKEN_VALIDITY_MAX_MS)
    return this.#put({ token: randomToken(), userId, account, expiresMs })
  }

  /** The user's listen key for the account, prolonged; the same one as long as it lives, as Binance does. */
  issueListenKey(userId: UserId, account: ListenAccount): ListenGrant {
    const existing = this.find(this.#listenKeys.get(slot(userId, account)) ?? '')
    if (existing !== undefined) return this.#prolong(existing)
    const grant = this.issue(userId, account, LISTEN_KEY_VALIDITY_MS)
    this.#listenKeys.set(slot(userId, account), grant.token)
    return grant
  }

  /** The grant, while it lasts. */
  find(token: string): ListenGrant | undefined {
    const grant = this.#grants.get(token)
    if (grant === undefined || grant.expiresMs > this.#nowMs()) return grant
    this.#drop(grant)
    return undefined
  }

  /** Another hour for the user's own key; undefined when there is none of that name. */
  prolong(userId: UserId, token: string): ListenGrant | undefined {
    const grant = this.find(token)
    return grant?.userId === userId ? this.#prolong(grant) : undefined
  }

  /** Ends the user's own key; false when there is none of that name. */
  revoke(userId: UserId, token: string): boolean {
    const grant = this.find(token)
    if (grant?.userId !== userId) return false
    this.#drop(grant)
    return true
  }

  #prolong(grant: ListenGrant): ListenGrant {
    const expiresMs = this.#nowMs() + LISTEN_KEY_VALIDITY_MS
    const prolonged = { ...grant, expiresMs: Math.max(grant.expiresMs, expiresMs) }
    this.#grants.set(grant.token, prolonged)
    return prolonged
  }

  #put(grant: ListenGrant): ListenGrant {
    this.#grants.set(grant.token, grant)
    this.#counts.set(grant.userId, (this.#counts.get(grant.userId) ?? 0) + 1)
    return grant
  }

  #drop(grant: ListenGrant): void {
    this.#grants.delete(grant.token)
    this.#counts.set(grant.userId, (this.#counts.get(grant.userId) ?? 1) - 1)
    const key = slot(grant.userId, grant.account)
    if (this.#listenKeys.get(key) === grant.token) this.#listenKeys.delete(key)
  }

  /** Keeps what one user can make the venue remember bounded: expired grants go, then the user's oldest. */
  #sweep(userId: UserId): void {
    if ((this.#counts.get(userId) ?? 0) < GRANTS_PER_USER_MAX) return
    const own = [...this.#grants.values()].filter((grant) => grant.userId === userId)
    const nowMs = this.#nowMs()
    const expired = own.filter((grant) => grant.expiresMs <= nowMs)
    for (const grant of expired.length > 0 ? expired : own.slice(0, 1)) this.#drop(grant)
  }
}

function slot(userId: UserId, account: ListenAccount): string {
  return `${userId}/${account}`
}

/** 60 characters of [0-9a-zA-Z], as Binance's look. */
function randomToken(): string {
  return createHash('sha512')
    .update(randomBytes(32))
    .digest('base64')
    .replace(/[+/=]/g, '')
    .slice(0, 60)
}
