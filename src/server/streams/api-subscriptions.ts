import type { UserId } from '../../core/domain/ids.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { ListenAccount } from '../access/listen-tokens.ts'
import type { UserStreams } from './user-streams.ts'

interface Subscription {
  readonly subscriptionId: number
  readonly account: ListenAccount
  readonly userId: UserId
  /** While it answers true the subscription lasts. A renewed token replaces it. */
  alive: () => boolean
  readonly leave: () => void
}

/** The user data that one WebSocket API connection gets: at most one subscription per account. */
export class ApiSubscriptions {
  readonly #users: UserStreams
  readonly #send: (frame: string) => void
  readonly #nowMs: () => number
  readonly #open = new Map<number, Subscription>()
  #nextId = 0

  constructor(users: UserStreams, send: (frame: string) => void, nowMs: () => number) {
    this.#users = users
    this.#send = send
    this.#nowMs = nowMs
  }

  get ids(): readonly number[] {
    return [...this.#open.keys()]
  }

  /** A new subscription's id. -2035 when the connection has one for the account. */
  subscribe(userId: UserId, account: ListenAccount, alive: () => boolean): number {
    if (this.#find(userId, account) !== undefined)
      throw new WireError(400, -2035, 'Subscription already active for this account.')
    const subscriptionId = this.#nextId
    this.#nextId += 1
    const leave = this.#users.listen(userId, account, (event) => this.#say(subscriptionId, event))
    this.#open.set(subscriptionId, { subscriptionId, account, userId, alive, leave })
    return subscriptionId
  }

  /** The account's subscription, living on by the new right; a new one when there is none. */
  renew(userId: UserId, account: ListenAccount, alive: () => boolean): number {
    const existing = this.#find(userId, account)
    if (existing === undefined) return this.subscribe(userId, account, alive)
    existing.alive = alive
    return existing.subscriptionId
  }

  /** -2036 when there is none of that id. */
  unsubscribe(subscriptionId: number): void {
    const subscription = this.#open.get(subscriptionId)
    if (subscription === undefined)
      throw new WireError(400, -2036, 'Subscription does not exist on this connection.')
    this.#terminate(subscription)
  }

  /** Ends those whose right has run out. */
  expire(): void {
    for (const subscription of this.#open.values())
      if (!subscription.alive()) this.#terminate(subscription)
  }

  terminateAll(): void {
    for (const subscription of this.#open.values()) this.#terminate(subscription)
  }

  #find(userId: UserId, account: ListenAccount): Subscription | undefined {
    for (const subscription of this.#open.values())
      if (subscription.userId === userId && subscription.account === account) return subscription
    return undefined
  }

  #terminate(subscription: Subscription): void {
    subscription.leave()
    this.#open.delete(subscription.subscriptionId)
    const event = JSON.stringify({ e: 'eventStreamTerminated', E: this.#nowMs() })
    this.#say(subscription.subscriptionId, event)
  }

  #say(subscriptionId: number, event: string): void {
    this.#send(`{"subscriptionId":${subscriptionId},"event":${event}}`)
  }
}
