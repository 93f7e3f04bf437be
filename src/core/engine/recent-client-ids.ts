import type { AccountId, OrderId, TimestampMs } from '../domain/ids.ts'

/** Names remembered at most; the oldest is forgotten first. */
export const RECENT_CLIENT_IDS_MAX = 65_536

interface Recent {
  readonly account: AccountId
  readonly clientOrderId: string
  readonly orderId: OrderId
  readonly endedMs: TimestampMs
}

/**
 * The client ids of orders that traded and have ended, for as long as they may not be used again (rule T25): whoever
 * sends an order twice because the answer got lost trades once.
 */
export class RecentClientIds {
  readonly #byName = new Map<string, Recent>()
  /** In order of their end. */
  #queue: Recent[] = []
  #first = 0

  note(recent: Recent): void {
    if (this.#queue.length - this.#first === RECENT_CLIENT_IDS_MAX) this.#forgetFirst()
    this.#queue.push(recent)
    this.#byName.set(nameOf(recent.account, recent.clientOrderId), recent)
  }

  /** The order whose name may not be used again yet; null: the name is free. */
  find(account: AccountId, clientOrderId: string): OrderId | null {
    if (this.#byName.size === 0) return null
    return this.#byName.get(nameOf(account, clientOrderId))?.orderId ?? null
  }

  /** Frees the names of orders that ended at `untilMs` or before. */
  forget(untilMs: number): void {
    for (let oldest = this.#queue[this.#first]; oldest !== undefined; ) {
      if (oldest.endedMs > untilMs) return
      this.#forgetFirst()
      oldest = this.#queue[this.#first]
    }
  }

  /** Oldest end first; noting them in this order restores the same. */
  *all(): Generator<Recent> {
    for (let at = this.#first; at < this.#queue.length; at += 1) yield this.#queue[at] as Recent
  }

  #forgetFirst(): void {
    const oldest = this.#queue[this.#first] as Recent
    const name = nameOf(oldest.account, oldest.clientOrderId)
    if (this.#byName.get(name) === oldest) this.#byName.delete(name)
    this.#first += 1
    if (this.#first * 2 < this.#queue.length) return
    this.#queue = this.#queue.slice(this.#first)
    this.#first = 0
  }
}

function nameOf(account: AccountId, clientOrderId: string): string {
  return `${account}/${clientOrderId}`
}
