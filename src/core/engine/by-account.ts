import type { AccountId } from '../domain/ids.ts'

const CAPACITY_MIN = 64

/** A set of accounts. Account ids are dense, so a byte each says who is in; its members come in order of their ids. */
export class AccountSet {
  #flags = new Uint8Array(CAPACITY_MIN)
  #size = 0

  get size(): number {
    return this.#size
  }

  has(account: AccountId): boolean {
    return this.#flags[account] === 1
  }

  add(account: AccountId): void {
    if (this.has(account)) return
    if (account >= this.#flags.length) {
      const flags = new Uint8Array(Math.max(account + 1, this.#flags.length * 2))
      flags.set(this.#flags)
      this.#flags = flags
    }
    this.#flags[account] = 1
    this.#size += 1
  }

  delete(account: AccountId): void {
    if (!this.has(account)) return
    this.#flags[account] = 0
    this.#size -= 1
  }

  members(): Int32Array {
    const members = new Int32Array(this.#size)
    let found = 0
    for (let account = 0; found < members.length; account += 1) {
      if (this.#flags[account] !== 1) continue
      members[found] = account
      found += 1
    }
    return members
  }
}
