import type { SelfTradePrevented } from '../core/domain/event.ts'
import type { SymbolIndex, UserId } from '../core/domain/ids.ts'
import type { SelfTradePrevention } from '../core/domain/order.ts'
import type { Venue } from '../core/domain/venue.ts'
import type { AuditBalances } from './audit-balances.ts'
import type { OpenOrder, Report } from './audit-order.ts'
import { leftOf, quoteOf } from './audit-order.ts'

/** Rule T6: who must not trade with whom, what that takes off their orders, and what changes hands instead. */
export class AuditPrevention {
  readonly #balances: AuditBalances
  readonly #report: Report
  readonly #groups = new Map<UserId, number | null>()
  readonly #lastId: number[]

  constructor({ symbols }: Venue, balances: AuditBalances, report: Report) {
    this.#balances = balances
    this.#report = report
    this.#lastId = symbols.map(() => 0)
  }

  setGroup(userId: UserId, tradeGroupId: number | null): void {
    this.#groups.set(userId, tradeGroupId)
  }

  checkTrade(taker: OpenOrder, maker: OpenOrder, at: string): void {
    if (taker.order.selfTradePrevention !== 'NONE' && this.#areOne(taker, maker))
      this.#report(`T6 ${at}: a trade with oneself under ${taker.order.selfTradePrevention}`)
  }

  /** Both orders are as they were before. */
  check(event: SelfTradePrevented, taker: OpenOrder, maker: OpenOrder): void {
    const at = `T6 prevented match ${event.preventedMatchId} on ${maker.symbol.symbol}`
    this.#checkId(event.symbol, event.preventedMatchId, at)
    if (!this.#areOne(taker, maker)) this.#report(`${at}: between two who may trade`)
    if (event.tradeGroupId !== (this.#groups.get(maker.order.userId) ?? null))
      this.#report(`${at}: of another group`)
    const { mode } = event
    if (mode !== effectiveMode(taker, maker)) this.#report(`${at}: not as the taker asked`)
    if (maker.order.price !== event.price) this.#report(`${at}: not at the maker's price`)
    if (maker.stage !== 'WORKING' || taker.stage !== 'WORKING')
      this.#report(`${at}: of an order that is not in the market`)
    // A market order by quote quantity has no lots to lose.
    const met = Math.min(taker.lots > 0 ? leftOf(taker) : Number.MAX_SAFE_INTEGER, leftOf(maker))
    const decrements = mode === 'DECREMENT' || mode === 'TRANSFER'
    const due = {
      taker: decrements ? met : mode === 'EXPIRE_MAKER' ? 0 : leftOf(taker),
      maker: decrements ? met : mode === 'EXPIRE_TAKER' ? 0 : leftOf(maker),
    }
    if (taker.lots > 0 && event.taker.lots !== due.taker)
      this.#report(`${at}: took ${event.taker.lots} off the taker instead of ${due.taker}`)
    if ((taker.lots > 0 || !decrements) && event.maker.lots !== due.maker)
      this.#report(`${at}: took ${event.maker.lots} off the maker instead of ${due.maker}`)
    this.#transfer(event, taker, maker, at)
  }

  #checkId(symbol: SymbolIndex, id: number, at: string): void {
    if (id !== (this.#lastId[symbol] ?? 0) + 1) this.#report(`${at}: id is not the next`)
    this.#lastId[symbol] = id
  }

  #areOne({ order: one }: OpenOrder, { order: other }: OpenOrder): boolean {
    if (one.userId === other.userId) return true
    const group = this.#groups.get(one.userId) ?? null
    return group !== null && group === (this.#groups.get(other.userId) ?? null)
  }

  /** Under TRANSFER of both, what is prevented changes hands between two users' spot wallets, at its worth and without a fee. */
  #transfer(event: SelfTradePrevented, taker: OpenOrder, maker: OpenOrder, at: string): void {
    const due =
      event.mode === 'TRANSFER' &&
      [taker, maker].every(({ order }) => order.wallet === 'SPOT') &&
      taker.order.userId !== maker.order.userId
    const { transferred, price } = event
    if (due !== (transferred !== null)) this.#report(`${at}: whether anything changes hands`)
    if (transferred === null) return
    const { symbol } = maker
    const { base, quote } = transferred
    const { lots } = event.maker
    if (base !== BigInt(lots) * symbol.stepSize || quote !== quoteOf(symbol, price, lots))
      this.#report(`${at}: other sums change hands`)
    for (const { order } of [taker, maker]) {
      const sign = order.side === 'BUY' ? 1n : -1n
      const { userId, wallet } = order
      const balances = this.#balances
      balances.hold(balances.place(userId, wallet, symbol.base, symbol.index), sign * base)
      balances.hold(balances.place(userId, wallet, symbol.quote, symbol.index), -sign * quote)
    }
  }
}

/** The taker's, but a transfer takes two who ask for it. */
function effectiveMode(taker: OpenOrder, maker: OpenOrder): SelfTradePrevention {
  const mode = taker.order.selfTradePrevention
  return mode === 'TRANSFER' && maker.order.selfTradePrevention !== mode ? 'DECREMENT' : mode
}
