import type { Command } from '../core/domain/command.ts'
import type { AssetIndex, SymbolIndex, UserId } from '../core/domain/ids.ts'
import { SIDE_EFFECTS } from '../core/domain/order.ts'
import type { BalanceLine, IsolatedAnswer, RiskAnswer } from '../core/domain/question.ts'
import { isRefusal } from '../core/domain/question.ts'
import type { Venue } from '../core/domain/venue.ts'
import { WALLETS } from '../core/domain/wallet.ts'
import type { Amount } from '../core/money/amount.ts'
import type { Prng } from '../server/feed/prng.ts'
import type { Playground } from './playground.ts'

/** What it shares with the draws of everything else. */
export interface Draws {
  user(): UserId
  order(): Command | null
  near(limit: Amount): Amount
  amountWorth(asset: AssetIndex, usdt: number): Amount
  priceAtEdgeOf(risk: RiskAnswer): Command | null
}

type Act = (workload: IsolatedWorkload, userId: UserId) => Command | null

const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  [2, (w, userId) => w.setAccount(userId)],
  [5, (w, userId) => w.transferIn(userId)],
  [3, (w, userId) => w.transferOut(userId)],
  [6, (w, userId) => w.borrow(userId)],
  [3, (w, userId) => w.repay(userId)],
  [10, (w, userId) => w.order(userId)],
  [2, (w, userId) => w.cancelAll(userId)],
  [8, (w, userId) => w.priceAtTheEdge(userId)],
]

/** What users do in isolated margin, drawn beside the rest of a workload. */
export class IsolatedWorkload {
  readonly #session: Playground
  readonly #venue: Venue
  readonly #prng: Prng
  readonly #others: Draws

  constructor(session: Playground, venue: Venue, prng: Prng, others: Draws) {
    this.#session = session
    this.#venue = venue
    this.#prng = prng
    this.#others = others
  }

  next(): Command | null {
    const [, act] = ACTS[this.#prng.weighted(ACTS.map(([weight]) => weight))] ?? []
    return act?.(this, this.#user()) ?? null
  }

  /** Mostly one of those who have an account. */
  #user(): UserId {
    for (let tries = 0; tries < 6; tries += 1) {
      const userId = this.#others.user()
      if (this.#accounts(userId).length > 0 || this.#prng.chance(0.1)) return userId
    }
    return this.#others.user()
  }

  setAccount(userId: UserId): Command {
    const enabled = this.#prng.chance(0.6)
    return { type: 'SetIsolatedAccount', userId, pair: this.#anyPair(), enabled }
  }

  transferIn(userId: UserId): Command | null {
    const from = this.#prng.pick(WALLETS)
    const line = this.#funded(this.#session.ask('balances', { userId, wallet: from }))
    if (line === null) return null
    const pairs = this.#venue.symbols.filter(
      ({ base, quote }) => base === line.asset || quote === line.asset || this.#prng.chance(0.02),
    )
    const { index: pair } = this.#prng.pick(pairs)
    const amount = this.#others.near((line.free / 3n) as Amount)
    return { type: 'Transfer', userId, asset: line.asset, amount, from, to: { pair } }
  }

  transferOut(userId: UserId): Command | null {
    const account = this.#account(userId)
    const line = account && this.#funded([account.base, account.quote])
    if (!account || !line) return null
    const { pair } = account
    const max = this.#session.ask('maxTransferable', { userId, asset: line.asset, pair })
    const amount = this.#others.near(typeof max === 'bigint' ? max : line.free)
    const other = this.#account(userId)?.pair ?? pair
    const to = this.#prng.pick([...WALLETS, { pair: other }])
    return { type: 'Transfer', userId, asset: line.asset, amount, from: { pair }, to }
  }

  borrow(userId: UserId): Command | null {
    const account = this.#account(userId)
    if (account === null) return null
    const { pair } = account
    const { asset } = this.#prng.pick([account.base, account.quote])
    const max = this.#session.ask('maxBorrowable', { userId, asset, pair })
    const amount = isRefusal(max)
      ? this.#others.amountWorth(asset, 100)
      : this.#others.near(max.amount)
    return { type: 'Borrow', userId, pair, asset, amount }
  }

  repay(userId: UserId): Command | null {
    const account = this.#account(userId)
    if (account === null) return null
    const owing = [account.base, account.quote].filter((line) => line.borrowed + line.interest > 0n)
    if (owing.length === 0) return null
    const { asset, borrowed, interest } = this.#prng.pick(owing)
    const amount = this.#others.near((borrowed + interest) as Amount)
    return { type: 'Repay', userId, pair: account.pair, asset, amount }
  }

  order(userId: UserId): Command | null {
    const pairs = this.#accounts(userId).map(({ pair }) => pair)
    // An order is drawn for a symbol; of a few, one is likely of a pair that the user has.
    for (let tries = 0; tries < 8; tries += 1) {
      const place = this.#others.order()
      const known = place?.type === 'PlaceOrder' && pairs.includes(place.symbol)
      if (place?.type !== 'PlaceOrder' || (!known && this.#prng.chance(0.95))) continue
      const sideEffect = this.#prng.pick(SIDE_EFFECTS)
      return { ...place, userId, wallet: 'ISOLATED_MARGIN', sideEffect }
    }
    return null
  }

  cancelAll(userId: UserId): Command {
    const symbol = this.#account(userId)?.pair ?? this.#anyPair()
    return { type: 'CancelAllOrders', userId, wallet: 'ISOLATED_MARGIN', symbol }
  }

  /** Moves an index to exactly where the account is liquidated, or one unit before or past it. */
  priceAtTheEdge(userId: UserId): Command | null {
    const account = this.#account(userId)
    if (account === null) return null
    const risk = this.#session.ask('isolatedRisk', { userId, pair: account.pair })
    return risk === null ? null : this.#others.priceAtEdgeOf(risk)
  }

  #anyPair(): SymbolIndex {
    return this.#prng.pick(this.#venue.symbols).index
  }

  #accounts(userId: UserId): readonly IsolatedAnswer[] {
    return this.#session.ask('isolatedAccounts', { userId, pairs: null })
  }

  #account(userId: UserId): IsolatedAnswer | null {
    const accounts = this.#accounts(userId)
    return accounts.length === 0 ? null : this.#prng.pick(accounts)
  }

  #funded(lines: readonly BalanceLine[]): (BalanceLine & { asset: AssetIndex }) | null {
    const funded = lines.filter(({ free }) => free > 0n)
    return funded.length === 0 ? null : this.#prng.pick(funded)
  }
}
