import type { AccountId, OrderId, TimestampMs } from '../domain/ids.ts'
import { ClientIdIndex } from './client-id-index.ts'

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
 * sends an order twice because the answer got lost trades once. A ring in order of their end.
 */
export class RecentClientIds {
  readonly #ring: (Recent | undefined)[] = []
  /** Of the names in the ring, by place. */
  readonly #hashes = new Int32Array(RECENT_CLIENT_IDS_MAX)
  readonly #names = new ClientIdIndex({
    isNamed: (slot, account, name) => {
      const recent = this.#ring[slot]
      return recent?.account === account && recent.clientOrderId === name
    },
  })
  /** The place of the oldest, and how many there are. */
  #first = 0
  #count = 0

  /** A name that is remembered already was free when it was used again, so only its later order counts. */
  note(recent: Recent): void {
    if (this.#count === RECENT_CLIENT_IDS_MAX) this.#forgetFirst()
    const { account, clientOrderId } = recent
    const earlier = this.#names.find(account, clientOrderId)
    if (earlier >= 0) {
      this.#names.remove(earlier, this.#hashes[earlier] as number)
      this.#ring[earlier] = undefined
    }
    const slot = (this.#first + this.#count) % RECENT_CLIENT_IDS_MAX
    this.#ring[slot] = recent
    this.#hashes[slot] = this.#names.add(account, clientOrderId, slot)
    this.#count += 1
  }

  /** The order whose name may not be used again yet; null: the name is free. */
  find(account: AccountId, clientOrderId: string): OrderId | null {
    if (this.#count === 0) return null
    const slot = this.#names.find(account, clientOrderId)
    return slot < 0 ? null : (this.#ring[slot]?.orderId ?? null)
  }

  /** Frees the names of orders that ended at `untilMs` or before. */
  forget(untilMs: number): void {
    while (this.#count > 0) {
      const oldest = this.#ring[this.#first]
      if (oldest !== undefined && oldest.endedMs > untilMs) return
      this.#forgetFirst()
    }
  }

  /** Oldest end first; noting them in this order restores the same. */
  *all(): Generator<Recent> {
    for (let at = 0; at < this.#count; at += 1) {
      const recent = this.#ring[(this.#first + at) % RECENT_CLIENT_IDS_MAX]
      if (recent !== undefined) yield recent
    }
  }

  #forgetFirst(): void {
    if (this.#ring[this.#first] !== undefined)
      this.#names.remove(this.#first, this.#hashes[this.#first] as number)
    this.#ring[this.#first] = undefined
    this.#first = (this.#first + 1) % RECENT_CLIENT_IDS_MAX
    this.#count -= 1
  }
}
