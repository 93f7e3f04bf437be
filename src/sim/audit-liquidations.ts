import { present } from '../core/assert.ts'
import type { EventOf } from '../core/domain/event.ts'
import type { AssetIndex, LiquidationId, OrderId, SymbolIndex, UserId } from '../core/domain/ids.ts'
import type { LiquidationTrigger } from '../core/domain/liquidation.ts'
import type { Levels, TradingSymbol, Venue } from '../core/domain/venue.ts'
import type { Leverage } from '../core/domain/wallet.ts'
import type { AuditBalances } from './audit-balances.ts'

/** A margin account: whose, and of which pair; null: cross. */
interface Account {
  readonly userId: UserId
  readonly pair: SymbolIndex | null
}

interface Running extends Account {
  /** What was traded or taken over so far, in 10⁻⁸ of the account's money. */
  value: bigint
  /** Worth of the debts less worth of the assets when it was taken over, before losses; 10⁻¹⁶ USDT. */
  shortfall: bigint
  lost: bigint
  /** Debts are written off in whole units of their asset: what that may be past the loss, in 10⁻⁸ USDT. */
  lossTolerance: bigint
  readonly trigger: LiquidationTrigger
}

type Report = (violation: string) => void

const SCALE = 10n ** 8n
const RATE_SCALE = 10n ** 12n

/** Checks every liquidation against rules Q1 to Q5, from the auditor's own balances and prices. */
export class AuditLiquidations {
  #venue: Venue
  readonly #balances: AuditBalances
  readonly #prices: readonly (bigint | null)[]
  readonly #report: Report
  readonly #leverage = new Map<UserId, Leverage>()
  readonly #running = new Map<LiquidationId, Running>()
  readonly #byAccount = new Map<string, Running>()
  /** Owed from before, to lenders by asset and to the fund in USDT (rule Q10). */
  readonly #recoverable = new Map<UserId, Map<number, bigint>>()
  readonly #owedToFund = new Map<UserId, bigint>()
  /** By running order of a liquidation, against the index. */
  readonly #gains = new Map<OrderId, bigint>()
  /** Where the buffer stood when it was decided to close the account. */
  readonly #explained = new Map<
    LiquidationId,
    { readonly account: Account; readonly buffer: bigint }
  >()

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

  changeVenue(venue: Venue): void {
    this.#venue = venue
  }

  openUser(userId: UserId): void {
    this.#leverage.set(userId, this.#venue.policy.defaultLeverage)
  }

  setLeverage(userId: UserId, leverage: Leverage): void {
    this.#leverage.set(userId, leverage)
  }

  /** In the cross account. */
  isRunning(userId: UserId): boolean {
    return this.#byAccount.has(nameOf({ userId, pair: null }))
  }

  /** Q1: nobody stands at or below the liquidation level by `prices` without being liquidated. */
  sweep(prices: readonly (bigint | null)[], report: Report): void {
    for (const account of this.#balances.marginAccounts) {
      if (this.#byAccount.has(nameOf(account))) continue
      const value = this.#valueOf(account, prices)
      if (value === null || value.debts === 0n) continue
      if (value.assets * RATE_SCALE <= value.debts * this.#levels(account).liquidation) {
        report(`Q1 ${textOf(account)} is at or below the liquidation level and was missed`)
      }
    }
  }

  /** Q1: a liquidation starts only at or below the level; what it says of the account is so. */
  start(event: EventOf<'LiquidationStarted'>): void {
    const { userId, pair, liquidationId } = event
    const at = `liquidation ${liquidationId} of ${textOf(event)}`
    if (this.#byAccount.has(nameOf(event))) this.#report(`Q2 ${at}: another is running`)
    const { trigger } = event
    const nothing = { value: 0n, shortfall: 0n, lost: 0n, lossTolerance: 0n }
    const running: Running = { userId, pair, trigger, ...nothing }
    this.#running.set(liquidationId, running)
    this.#byAccount.set(nameOf(running), running)
    const value = this.#valueOf(running, this.#prices)
    if (value === null) {
      this.#report(`Q1 ${at}: an index price is missing`)
      return
    }
    const above = value.assets * RATE_SCALE > value.debts * this.#levels(running).liquidation
    if (above && trigger === 'LEVEL') {
      this.#report(`Q1 ${at}: above the liquidation level`)
    }
    if (event.assetsUsdt !== value.assets / SCALE) this.#report(`Q7 ${at}: other assets`)
    if (event.debtsUsdt !== ceil(value.debts, SCALE)) this.#report(`Q7 ${at}: other debts`)
    for (const [asset, price] of event.prices) {
      if (price !== this.#prices[asset]) this.#report(`Q7 ${at}: another price of asset ${asset}`)
    }
  }

  /** Q3: a liquidation trades in USDT books, of an isolated account in its pair's, within the band around the index. */
  trade(event: EventOf<'TradeExecuted'>, symbol: TradingSymbol): void {
    const running =
      event.liquidationId === null ? undefined : this.#running.get(event.liquidationId)
    const at = `Q3 trade ${event.tradeId} on ${symbol.symbol}`
    if (running === undefined) {
      this.#report(`${at}: of no running liquidation`)
      return
    }
    running.value += event.quote
    const base = this.#prices[symbol.base] ?? null
    const quote = this.#prices[symbol.quote] ?? null
    const own =
      running.pair === null ? symbol.quote === this.#venue.usdt : symbol.index === running.pair
    if (!own || base === null || quote === null) {
      this.#report(`${at}: not in a book of the account's with an index`)
      return
    }
    const gain = event.quote * quote - BigInt(event.lots) * symbol.stepSize * base
    const { orderId, side } = event.taker
    this.#gains.set(orderId, (this.#gains.get(orderId) ?? 0n) + (side === 'SELL' ? gain : -gain))
    const index = base * SCALE
    const price = BigInt(event.price) * symbol.tickSize * RATE_SCALE * quote
    const band = this.#venue.policy.liquidationBand
    const within =
      event.taker.side === 'SELL'
        ? price >= index * (RATE_SCALE - band)
        : price <= index * (RATE_SCALE + band)
    if (!within) this.#report(`${at}: outside the band`)
  }

  /** Q7: what the order did against the index is what its trades did. */
  closeOrder({ orderId, gain }: EventOf<'LiquidationOrderClosed'>): void {
    const traded = this.#gains.get(orderId) ?? 0n
    if (gain !== traded) this.#report(`Q7 order ${orderId} gained ${traded}, not ${gain}`)
    this.#gains.delete(orderId)
  }

  /** Q12: the fund trades in USDT books, within its own band. */
  tradeOfFund({ tradeId, price, taker }: EventOf<'TradeExecuted'>, symbol: TradingSymbol): void {
    const index = this.#prices[symbol.base] ?? null
    const { fundBand } = this.#venue.policy.liquidation
    if (symbol.quote !== this.#venue.usdt || index === null || fundBand === null) {
      this.#report(`Q12 the fund trades on ${symbol.symbol}`)
      return
    }
    const paid = BigInt(price) * symbol.tickSize * RATE_SCALE
    const within =
      taker.side === 'SELL'
        ? paid >= index * (RATE_SCALE - fundBand)
        : paid <= index * (RATE_SCALE + fundBand)
    if (!within) this.#report(`Q12 trade ${tradeId} of the fund: outside its band`)
  }

  /** Q10: no more is collected than is owed, what is collected is worth what it pays, and lenders come first. */
  recover({ userId, asset, amount, toLenders, toFund }: EventOf<'LossRecovered'>): void {
    const at = `Q10 user ${userId}`
    const owed = this.#recoverable.get(userId) ?? new Map<number, bigint>()
    let worth = toFund * SCALE
    for (const [lost, sum] of toLenders) {
      const left = (owed.get(lost) ?? 0n) - sum
      if (left < 0n || sum <= 0n) this.#report(`${at}: ${sum} of asset ${lost} was not owed`)
      if (left > 0n) owed.set(lost, left)
      else owed.delete(lost)
      worth += sum * (this.#prices[lost] ?? 0n)
    }
    if (toFund > 0n && owed.size > 0) this.#report(`${at}: the fund comes before lenders`)
    const fund = (this.#owedToFund.get(userId) ?? 0n) - toFund
    if (fund < 0n) this.#report(`${at}: ${toFund} was not owed to the fund`)
    this.#owedToFund.set(userId, fund)
    const [first] = toLenders
    const inKind = toLenders.length === 1 && first?.[0] === asset && toFund === 0n
    const price = this.#prices[asset] ?? 0n
    const tolerance = price * BigInt(toLenders.length + 1) + SCALE
    const excess = amount * price - worth
    if (inKind ? amount !== first[1] : excess < 0n || excess > tolerance + this.#dust(toLenders)) {
      this.#report(`${at}: ${amount} of asset ${asset} pays ${worth}`)
    }
  }

  /** One unit of each asset that lenders regained: what rounding may keep from them. */
  #dust(toLenders: EventOf<'LossRecovered'>['toLenders']): bigint {
    return toLenders.reduce((sum, [asset]) => sum + (this.#prices[asset] ?? 0n), 0n)
  }

  /** Q5: what the lenders bear leaves the debt, interest first. */
  shareLoss({ liquidationId, userId, asset, amount }: EventOf<'LossShared'>): void {
    const owed = this.#recoverable.get(userId) ?? new Map<number, bigint>()
    this.#recoverable.set(userId, owed)
    owed.set(asset, (owed.get(asset) ?? 0n) + amount)
    const running = this.#running.get(liquidationId)
    const place = this.#balances.marginPlace(userId, running?.pair ?? null, asset)
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
    const before = running === undefined ? null : this.#valueOf(running, this.#prices)
    if (running === undefined || before === null) {
      this.#report(`Q3 takeover of user ${userId} without a liquidation or a price`)
      return
    }
    const shortfall = before.debts - before.assets
    running.shortfall = shortfall > 0n ? shortfall : 0n
    const moneyPrice = this.#prices[this.#money(running)] ?? SCALE
    running.value += ceil(before.debts, moneyPrice)
    let taken = 0n
    let tolerance = 1n
    for (const [asset, sum] of event.assets) {
      this.#balances.hold(this.#balances.marginPlace(userId, running.pair, asset), -sum)
      const price = this.#prices[asset] ?? 0n
      taken += sum * price
      // Of each asset one unit of 10⁻⁸ may be rounded in the fund's favour, and its worth in USDT down.
      tolerance += ceil(price, moneyPrice) + 1n
    }
    for (const [asset, sum] of event.debts) {
      const place = this.#balances.marginPlace(userId, running.pair, asset)
      if (sum !== this.#balances.owedAt(place)) this.#report('Q3 not the whole debt is taken over')
      this.#balances.accrue(place, -this.#balances.interestAt(place))
      this.#balances.owe(place, -this.#balances.principalAt(place))
    }
    let given = 0n
    for (const [asset, sum] of event.given) {
      if (asset !== this.#money(running)) this.#report('Q3 the fund gives another asset')
      this.#balances.hold(this.#balances.marginPlace(userId, running.pair, asset), sum)
      given += sum
    }
    const beyond = taken - before.debts
    const short = (beyond > 0n ? beyond / moneyPrice : 0n) - given
    if (short < 0n || short > tolerance) {
      this.#report(`Q3 user ${userId} got ${given} for ${beyond} beyond the debts`)
    }
  }

  /** Q7: what moved the buffer sums to the last place, and it begins and ends where the account stands. */
  explain(event: EventOf<'BufferExplained'>): void {
    const { liquidationId, userId, phase, from, to, lines } = event
    const at = `Q7 liquidation ${liquidationId} of user ${userId}, ${phase}`
    const sum = lines.reduce((total, { change }) => total + change, from)
    if (sum !== to) this.#report(`${at}: the changes make ${sum}, not ${to}`)
    if (lines.some(({ cause }) => cause === 'other')) this.#report(`${at}: no cause is named`)
    const account = this.#running.get(liquidationId) ?? this.#explained.get(liquidationId)?.account
    const value = account === undefined ? null : this.#valueOf(account, this.#prices)
    const level = account === undefined ? 0n : this.#levels(account).liquidation
    const buffer = value && value.assets * RATE_SCALE - value.debts * level
    if (buffer !== null && buffer !== to) this.#report(`${at}: the buffer is ${buffer}, not ${to}`)
    if (phase === 'closing' && this.#explained.get(liquidationId)?.buffer !== from) {
      this.#report(`${at}: does not begin where the trigger ended`)
    }
    this.#explained.delete(liquidationId)
    if (phase === 'trigger' && account !== undefined) {
      this.#explained.set(liquidationId, { account, buffer: to })
    }
  }

  /** Q4 and Q5: fee within its rate, nothing owed any more, deficits accounted for. */
  finish(event: EventOf<'LiquidationFinished'>): void {
    const { liquidationId, userId, outcome, valueLiquidated, clearanceFee } = event
    const at = `liquidation ${liquidationId} of ${textOf(event)}`
    const running = this.#running.get(liquidationId)
    if (running === undefined) {
      this.#report(`${at} ends without having started`)
      return
    }
    this.#running.delete(liquidationId)
    this.#owedToFund.set(userId, (this.#owedToFund.get(userId) ?? 0n) + event.fundPaid)
    this.#byAccount.delete(nameOf(running))
    if (valueLiquidated !== running.value) {
      this.#report(`Q4 ${at}: value ${valueLiquidated} instead of ${running.value}`)
    }
    const feeMax = ceil(running.value * this.#venue.policy.clearanceFee, RATE_SCALE)
    if (clearanceFee > feeMax || clearanceFee < 0n) this.#report(`Q4 ${at}: fee ${clearanceFee}`)
    if (outcome === 'stopped_early') this.#checkStop(running, at)
    else this.#checkClosed(running, at)
    const money = this.#balances.marginPlace(userId, running.pair, this.#money(running))
    this.#balances.hold(money, -clearanceFee)
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

  #checkClosed({ userId, pair }: Account, at: string): void {
    for (const { index } of this.#venue.assets) {
      if (pair !== null && !this.#isOfPair(pair, index)) continue
      const place = this.#balances.marginPlace(userId, pair, index)
      if (this.#balances.owedAt(place) !== 0n) this.#report(`Q4 ${at}: still owes asset ${index}`)
    }
  }

  #checkStop(account: Running, at: string): void {
    const { stopEarly } = this.#levels(account)
    const value = this.#valueOf(account, this.#prices)
    if (stopEarly === null || value === null || account.trigger === 'USER') {
      this.#report(`Q6 ${at}: may not stop early`)
      return
    }
    // Whoever owes nothing any more is above every level.
    if (value.debts > 0n && value.assets * RATE_SCALE <= value.debts * stopEarly) {
      this.#report(`Q6 ${at}: stopped early at or below the level for that`)
    }
  }

  #valueOf({ userId, pair }: Account, prices: readonly (bigint | null)[]) {
    return this.#balances.valueOf(userId, pair, prices)
  }

  #isOfPair(pair: SymbolIndex, asset: AssetIndex): boolean {
    const symbol = this.#venue.symbols[pair]
    return symbol?.base === asset || symbol?.quote === asset
  }

  #money({ pair }: Pick<Account, 'pair'>): AssetIndex {
    return (pair === null ? undefined : this.#venue.symbols[pair]?.quote) ?? this.#venue.usdt
  }

  /** S3: of an isolated account, by the higher of the tiers that its two debts fall into. */
  #levels({ userId, pair }: Account): Levels {
    if (pair !== null) return this.#tierLevels(userId, pair)
    const leverage = this.#leverage.get(userId) ?? this.#venue.policy.defaultLeverage
    return this.#venue.policy.levels[leverage]
  }

  #tierLevels(userId: UserId, pair: SymbolIndex): Levels {
    const symbol = present(this.#venue.symbols[pair], 'an account is of a symbol of the venue')
    const owed = [symbol.base, symbol.quote].map((asset) =>
      this.#balances.principalAt(this.#balances.marginPlace(userId, pair, asset)),
    )
    const ranks = owed.map((sum, side) => {
      const rank = symbol.isolatedTiers.findIndex(({ baseMaximum, quoteMaximum }) => {
        const most = side === 0 ? baseMaximum : quoteMaximum
        return most === null || sum <= most
      })
      return rank < 0 ? symbol.isolatedTiers.length - 1 : rank
    })
    const tier = symbol.isolatedTiers[Math.max(...ranks)]
    return present(tier, 'a pair with isolated accounts has tiers').levels
  }
}

function nameOf({ userId, pair }: Account): string {
  return `${userId}/${pair ?? 'cross'}`
}

function textOf({ userId, pair }: Account): string {
  return pair === null ? `user ${userId}` : `user ${userId} in pair ${pair}`
}

function ceil(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor
}
