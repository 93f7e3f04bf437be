import type { BalanceChanged, EventOf } from '../core/domain/event.ts'
import type { LiquidationId, UserId } from '../core/domain/ids.ts'
import type { Levels, TradingSymbol, Venue } from '../core/domain/venue.ts'
import type { Leverage } from '../core/domain/wallet.ts'
import type { AuditBalances } from './audit-balances.ts'

interface Running {
  readonly userId: UserId
  /** What was traded or taken over so far, in 10⁻⁸ USDT. */
  value: bigint
  /** Worth of the debts less worth of the assets when it was taken over, before losses; 10⁻¹⁶ USDT. */
  shortfall: bigint
  lost: bigint
  /** Debts are written off in whole units of their asset: what that may be past the loss, in 10⁻⁸ USDT. */
  lossTolerance: bigint
  refund: Refund | null
}

/** What the fund should give in USDT for assets beyond the debts, and how much less rounding may make it; 10⁻⁸ USDT. */
interface Refund {
  readonly sum: bigint
  readonly tolerance: bigint
}

type Report = (violation: string) => void

const SCALE = 10n ** 8n
const RATE_SCALE = 10n ** 12n

/** Checks every liquidation against rules Q1 to Q5, from the auditor's own balances and prices. */
export class AuditLiquidations {
  readonly #venue: Venue
  readonly #balances: AuditBalances
  readonly #prices: readonly (bigint | null)[]
  readonly #report: Report
  readonly #leverage = new Map<UserId, Leverage>()
  readonly #running = new Map<LiquidationId, Running>()
  readonly #byUser = new Map<UserId, Running>()
  readonly #refunds = new Map<UserId, Refund>()

  constructor(
    venue: Venue,
    balances: AuditBalances,
    prices: readonly (bigint | null)[],
    report: Report,
  ) {
    this.#venue = venue
    this.#balances = balances
    this.#prices = prices
    this.#report = report
  }

  setLeverage(userId: UserId, leverage: Leverage): void {
    this.#leverage.set(userId, leverage)
  }

  /** Q1: nobody stands at or below the liquidation level by `prices` without being liquidated. */
  sweep(prices: readonly (bigint | null)[], report: Report): void {
    for (let user = 1; user <= this.#balances.users; user += 1) {
      const userId = user as UserId
      if (this.#byUser.has(userId)) continue
      const value = this.#balances.valueCross(userId, prices)
      if (value === null || value.debts === 0n) continue
      if (value.assets * RATE_SCALE <= value.debts * this.#levels(userId).liquidation) {
        report(`Q1 user ${userId} is at or below the liquidation level and was missed`)
      }
    }
  }

  /** Q1: a liquidation starts only at or below the level; what it says of the account is so. */
  start(event: EventOf<'LiquidationStarted'>): void {
    const { userId, liquidationId } = event
    const at = `liquidation ${liquidationId} of user ${userId}`
    if (this.#byUser.has(userId)) this.#report(`Q2 ${at}: another is running`)
    const running = { userId, value: 0n, shortfall: 0n, lost: 0n, lossTolerance: 0n, refund: null }
    this.#running.set(liquidationId, running)
    this.#byUser.set(userId, running)
    const value = this.#balances.valueCross(userId, this.#prices)
    if (value === null) {
      this.#report(`Q1 ${at}: an index price is missing`)
      return
    }
    if (value.assets * RATE_SCALE > value.debts * this.#levels(userId).liquidation) {
      this.#report(`Q1 ${at}: above the liquidation level`)
    }
    if (event.assetsUsdt !== value.assets / SCALE) this.#report(`Q7 ${at}: other assets`)
    if (event.debtsUsdt !== ceil(value.debts, SCALE)) this.#report(`Q7 ${at}: other debts`)
    for (const [asset, price] of event.prices) {
      if (price !== this.#prices[asset]) this.#report(`Q7 ${at}: another price of asset ${asset}`)
    }
  }

  /** Q3: a liquidation trades in USDT books, within the band around the index. */
  trade(event: EventOf<'TradeExecuted'>, symbol: TradingSymbol): void {
    const running =
      event.liquidationId === null ? undefined : this.#running.get(event.liquidationId)
    const at = `Q3 trade ${event.tradeId} on ${symbol.symbol}`
    if (running === undefined) {
      this.#report(`${at}: of no running liquidation`)
      return
    }
    running.value += event.quote
    const index = this.#prices[symbol.base] ?? null
    if (symbol.quote !== this.#venue.usdt || index === null) {
      this.#report(`${at}: not in a USDT book with an index`)
      return
    }
    const price = BigInt(event.price) * symbol.tickSize * RATE_SCALE
    const band = this.#venue.policy.liquidationBand
    const within =
      event.taker.side === 'SELL'
        ? price >= index * (RATE_SCALE - band)
        : price <= index * (RATE_SCALE + band)
    if (!within) this.#report(`${at}: outside the band`)
  }

  /** Q5: what the lenders bear leaves the debt, interest first. */
  shareLoss({ liquidationId, userId, asset, amount }: EventOf<'LossShared'>): void {
    const running = this.#running.get(liquidationId)
    const place = this.#balances.place(userId, 'CROSS_MARGIN', asset)
    const interest = this.#balances.interestAt(place)
    const ofInterest = amount < interest ? amount : interest
    if (running !== undefined) {
      const price = this.#prices[asset] ?? 0n
      running.lost += amount * price
      running.lossTolerance += ceil(price, SCALE)
    }
    if (amount > this.#balances.owedAt(place)) this.#report('Q5 more is written off than is owed')
    this.#balances.accrue(place, -ofInterest)
    this.#balances.owe(place, ofInterest - amount)
  }

  /** Q3: the fund takes the rest over at index price: all the debts, and assets worth them. */
  takeOver(event: EventOf<'LiquidationTakenOver'>): void {
    const { liquidationId, userId } = event
    const running = this.#running.get(liquidationId)
    const before = this.#balances.valueCross(userId, this.#prices)
    if (running === undefined || before === null) {
      this.#report(`Q3 takeover of user ${userId} without a liquidation or a price`)
      return
    }
    const shortfall = before.debts - before.assets
    running.shortfall = shortfall > 0n ? shortfall : 0n
    running.value += ceil(before.debts, SCALE)
    let taken = 0n
    let tolerance = 1n
    for (const [asset, sum] of event.assets) {
      this.#balances.hold(this.#balances.place(userId, 'CROSS_MARGIN', asset), -sum)
      const price = this.#prices[asset] ?? 0n
      taken += sum * price
      // Of each asset one unit of 10⁻⁸ may be rounded in the fund's favour, and its worth in USDT down.
      tolerance += ceil(price, SCALE) + 1n
    }
    for (const [asset, sum] of event.debts) {
      const place = this.#balances.place(userId, 'CROSS_MARGIN', asset)
      if (sum !== this.#balances.owedAt(place)) this.#report('Q3 not the whole debt is taken over')
      this.#balances.accrue(place, -this.#balances.interestAt(place))
      this.#balances.owe(place, -this.#balances.principalAt(place))
    }
    const beyond = taken - before.debts
    running.refund = { sum: beyond > 0n ? beyond / SCALE : 0n, tolerance }
  }

  /**
   * What the fund gave in USDT for the assets it took beyond the debts: no event names it, so the first balance of
   * that asset after the takeover tells it, and it must be their worth at index price. True when it may be booked.
   */
  takeRefund({ userId, wallet, asset }: BalanceChanged, refund: bigint): boolean {
    if (wallet !== 'CROSS_MARGIN' || asset !== this.#venue.usdt) return false
    const expected = this.#refunds.get(userId)
    if (expected === undefined) return false
    this.#refunds.delete(userId)
    const short = expected.sum - refund
    if (short < 0n || short > expected.tolerance) {
      this.#report(`Q3 user ${userId} got ${refund} instead of ${expected.sum}`)
    }
    return true
  }

  /** A refund is seen within the command that took the portfolio over. */
  afterCommand(): void {
    this.#refunds.clear()
  }

  /** Q4 and Q5: fee within its rate, nothing owed any more, deficits accounted for. */
  finish(event: EventOf<'LiquidationFinished'>): void {
    const { liquidationId, userId, outcome, valueLiquidated, clearanceFee } = event
    const at = `liquidation ${liquidationId} of user ${userId}`
    const running = this.#running.get(liquidationId)
    if (running === undefined) {
      this.#report(`${at} ends without having started`)
      return
    }
    this.#running.delete(liquidationId)
    this.#byUser.delete(userId)
    if (running.refund !== null) this.#refunds.set(userId, running.refund)
    if (valueLiquidated !== running.value) {
      this.#report(`Q4 ${at}: value ${valueLiquidated} instead of ${running.value}`)
    }
    const feeMax = ceil(running.value * this.#venue.policy.clearanceFee, RATE_SCALE)
    if (clearanceFee > feeMax || clearanceFee < 0n) this.#report(`Q4 ${at}: fee ${clearanceFee}`)
    if (outcome === 'stopped_early') this.#checkStop(userId, at)
    else this.#checkClosed(userId, at)
    const usdt = this.#balances.place(userId, 'CROSS_MARGIN', this.#venue.usdt)
    this.#balances.hold(usdt, -clearanceFee)
    this.#checkDeficit(event, running, at)
  }

  #checkDeficit(
    { fundPaid, lendersLost }: EventOf<'LiquidationFinished'>,
    { shortfall, lost, lossTolerance }: Running,
    at: string,
  ): void {
    const deficit = ceil(shortfall, SCALE)
    if (fundPaid < deficit || fundPaid > deficit + lossTolerance) {
      this.#report(`Q5 ${at}: the fund paid ${fundPaid}, the deficit was ${deficit}`)
    }
    const lostMax = ceil(lost, SCALE)
    if (lendersLost > lostMax || lendersLost < lostMax - lossTolerance) {
      this.#report(`Q5 ${at}: the lenders lost ${lendersLost}, ${lostMax} was written off`)
    }
  }

  #checkClosed(userId: UserId, at: string): void {
    for (const { index } of this.#venue.assets) {
      const place = this.#balances.place(userId, 'CROSS_MARGIN', index)
      if (this.#balances.owedAt(place) !== 0n) this.#report(`Q4 ${at}: still owes asset ${index}`)
    }
  }

  #checkStop(userId: UserId, at: string): void {
    const { stopEarly } = this.#levels(userId)
    const value = this.#balances.valueCross(userId, this.#prices)
    if (stopEarly === null || value === null) {
      this.#report(`Q6 ${at}: may not stop early`)
      return
    }
    if (value.assets * RATE_SCALE <= value.debts * stopEarly) {
      this.#report(`Q6 ${at}: stopped early at or below the level for that`)
    }
  }

  #levels(userId: UserId): Levels {
    const leverage = this.#leverage.get(userId) ?? this.#venue.policy.defaultLeverage
    return this.#venue.policy.levels[leverage]
  }
}

function ceil(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor
}
