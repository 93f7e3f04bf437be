import { assert, present } from '../assert.ts'
import type {
  AccountId,
  AssetIndex,
  LiquidationId,
  SymbolIndex,
  TimestampMs,
} from '../domain/ids.ts'
import type { LiquidationTrigger } from '../domain/liquidation.ts'
import type { LiquidationFinished } from '../domain/liquidation-event.ts'
import type { Side } from '../domain/order.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { Asset } from '../domain/venue.ts'
import { baseOf } from '../domain/venue.ts'
import { VENUE_ACCOUNT } from '../ledger/chart.ts'
import { transferred } from '../ledger/entry.ts'
import type { IndexedMarket } from '../liquidation/price-bound.ts'
import { worstDistance, worstPrice } from '../liquidation/price-bound.ts'
import { formatLevel, levelAbove } from '../margin/level.ts'
import { equityOf } from '../margin/valuation.ts'
import type { Amount } from '../money/amount.ts'
import { ZERO } from '../money/amount.ts'
import { formatDecimalShort } from '../money/decimal.ts'
import type { IndexPrice, Lots, Ticks, Value } from '../money/price.ts'
import { INDEX_PRICE_SCALE, usdtFloor } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_DECIMALS, RATE_SCALE } from '../money/rate.ts'
import { divCeil, divFloor, minBigint } from '../money/rounding.ts'
import { removeOrder } from './end-order.ts'
import { explainBuffer } from './explain-buffer.ts'
import { feeRateOf } from './fees.ts'
import { announceRepayment, postRepayment } from './funds.ts'
import { mayLiquidate } from './index-hold.ts'
import { updatedMsOf } from './index-state.ts'
import { levelsOf, marginAccountOf, marginOf, marketOfAsset, moneyOf } from './margin-account.ts'
import { settleLists } from './settle-lists.ts'
import { refuseStaleAccount, valuationOf } from './standing.ts'
import type { ExchangeState, Liquidation, MarginAccount, User } from './state.ts'
import { assetAt, indexOf, openOrdersOf, symbolAt, venueOf } from './state.ts'
import type { TakenOver } from './take-over.ts'
import { takeOver } from './take-over.ts'
import { openMarket, tradeAtOnce } from './trade-at-once.ts'

/** Rule Q2: the account is locked and its orders are cancelled. What closes it follows with `pursue`. */
export function startLiquidation(
  state: ExchangeState,
  account: AccountId,
  trigger: LiquidationTrigger,
): void {
  const margin = marginOf(state, account)
  assert(margin.liquidation === null, 'Q2 a liquidation starts once')
  state.lastLiquidationId = (state.lastLiquidationId + 1) as LiquidationId
  const id = state.lastLiquidationId
  margin.liquidation = id
  const liquidation = { id, account, trigger, startedMs: state.nowMs, valueLiquidated: ZERO }
  state.liquidations.set(id, liquidation)
  announceStart(state, margin, liquidation)
  explainBuffer(state, account, id, 'trigger')
  for (const order of [...openOrdersOf(state, account)]) {
    removeOrder(state, order, 'EXPIRED', 'liquidation')
  }
  settleLists(state)
}

/** Rule Q11: the user has the account closed, whatever its level, on the terms of every liquidation. */
export function liquidateAccount(
  state: ExchangeState,
  user: User,
  { pair }: { readonly pair: SymbolIndex | null },
): Refusal | null {
  const margin = marginAccountOf(state, user, pair)
  if (margin === undefined) {
    const { symbol } = symbolAt(state, present(pair, 'every user has a cross account'))
    return { reason: 'isolated_unknown', symbol }
  }
  const { account, liquidation } = margin
  if (liquidation !== null) return { reason: 'liquidating' }
  if (!state.indebted.has(account)) return { reason: 'nothing_owed' }
  const stale = refuseStaleAccount(state, account)
  if (stale !== null) return stale
  startLiquidation(state, account, 'USER')
  pursue(state, account)
  return null
}

function announceStart(
  state: ExchangeState,
  margin: MarginAccount,
  { id, trigger }: Liquidation,
): void {
  const { account, user } = margin
  const { assets, debts } = valuationOf(state, account)
  const prices: (readonly [AssetIndex, IndexPrice, TimestampMs | null])[] = []
  for (const { asset } of state.ledger.holdings(account)) {
    const price = state.prices[asset] ?? null
    if (price !== null) prices.push([asset, price, updatedMsOf(indexOf(state, asset))])
  }
  state.events.push({
    type: 'LiquidationStarted',
    liquidationId: id,
    userId: user.id,
    pair: margin.pair,
    trigger,
    level: formatLevel(assets, debts),
    liquidationLevel: formatDecimalShort(levelsOf(state, margin).liquidation, RATE_DECIMALS),
    assetsUsdt: usdtFloor(assets),
    debtsUsdt: -usdtFloor(-debts) as Amount,
    prices,
  })
}

type Outcome = LiquidationFinished['outcome']

/**
 * One try at closing an account: sell what is left over, buy what is short, repay; then it is over, is taken over, or
 * waits for the next price or clock command (rule Q3), as it does once the command has sent all the orders it may.
 */
export function pursue(state: ExchangeState, account: AccountId): void {
  const margin = marginOf(state, account)
  const liquidation = present(
    margin.liquidation === null ? undefined : state.liquidations.get(margin.liquidation),
    'who is pursued is being liquidated',
  )
  repayInKind(state, margin)
  const stopped = tradeOut(state, liquidation, margin)
  const { surplus, debt } = remainder(state, margin)
  if (stopped) finish(state, liquidation, 'stopped_early', NOTHING_TAKEN)
  else if (!surplus && !debt) finish(state, liquidation, 'closed', NOTHING_TAKEN)
  else if (isTakeoverDue(state, liquidation, margin, surplus)) {
    state.liquidationOrdersLeft -= 1
    const taken = takeOver(state, liquidation, margin)
    if (taken !== null) finish(state, liquidation, 'taken_over', taken)
  }
}

const NOTHING_TAKEN: TakenOver = { fundPaid: ZERO, lendersLost: ZERO }

/** Rule Q3: after the wait, or at once when there is nothing left that a book could help with. */
function isTakeoverDue(
  state: ExchangeState,
  { startedMs }: Liquidation,
  margin: MarginAccount,
  surplus: boolean,
): boolean {
  if (state.liquidationOrdersLeft === 0) return false
  if (!surplus && state.ledger.free(margin.account, moneyOf(state, margin)) === 0n) return true
  return state.nowMs - startedMs >= venueOf(state).policy.takeoverAfterMs
}

/** Sells, then buys, then repays in the account's money. True once the early-stop level is passed (rule Q6). */
function tradeOut(state: ExchangeState, liquidation: Liquidation, margin: MarginAccount): boolean {
  const { account } = margin
  const money = moneyOf(state, margin)
  for (const asset of byValueHeld(state, margin)) {
    sellSurplus(state, liquidation, margin, asset)
    if (stopsEarly(state, liquidation, margin)) return true
  }
  for (const { asset } of [...state.ledger.holdings(account)]) {
    if (asset !== money) buyShortage(state, liquidation, margin, assetAt(state, asset))
    if (stopsEarly(state, liquidation, margin)) return true
  }
  repayFromFree(state, account, assetAt(state, money))
  return stopsEarly(state, liquidation, margin)
}

/** Whether the level is past the early stop even once the fee is paid: the fee must not bring the account down again. */
function stopsEarly(
  state: ExchangeState,
  liquidation: Liquidation,
  margin: MarginAccount,
): boolean {
  const { stopEarly } = levelsOf(state, margin)
  if (stopEarly === null || liquidation.trigger === 'USER') return false
  const { account } = margin
  const { assets, debts } = valuationOf(state, account)
  // A debt without a price counts for nothing, and the level would look safe.
  const price = state.prices[moneyOf(state, margin)] ?? INDEX_PRICE_SCALE
  const left = (assets - feeDue(state, liquidation) * price) as Value
  return levelAbove(left, debts, stopEarly) && refuseStaleAccount(state, account) === null
}

/** Held assets but the account's money, the most valuable first. */
function byValueHeld(state: ExchangeState, margin: MarginAccount): Asset[] {
  const { account } = margin
  const money = moneyOf(state, margin)
  const held: { asset: Asset; value: bigint }[] = []
  for (const { asset, free } of state.ledger.holdings(account)) {
    if (asset === money || free === 0n) continue
    held.push({ asset: assetAt(state, asset), value: free * (state.prices[asset] ?? 0n) })
  }
  held.sort((a, b) =>
    a.value === b.value ? a.asset.index - b.asset.index : a.value > b.value ? -1 : 1,
  )
  return held.map(({ asset }) => asset)
}

/** What is held of an asset pays what is owed of it: no trade needed. */
function repayInKind(state: ExchangeState, margin: MarginAccount): void {
  const { account } = margin
  const money = moneyOf(state, margin)
  for (const { asset } of [...state.ledger.holdings(account)]) {
    if (asset !== money) repayFromFree(state, account, assetAt(state, asset))
  }
}

/** Repays what is owed of an asset from what is free of it, but for `kept`. */
function repayFromFree(
  state: ExchangeState,
  account: AccountId,
  asset: Asset,
  kept: Amount = ZERO,
): void {
  const free = state.ledger.free(account, asset.index) - kept
  const sum = minBigint(free, state.ledger.owed(account, asset.index)) as Amount
  if (sum <= 0n) return
  announceRepayment(state, account, asset, postRepayment(state, account, asset, sum), 'LIQUIDATION')
}

function sellSurplus(
  state: ExchangeState,
  liquidation: Liquidation,
  margin: MarginAccount,
  asset: Asset,
): void {
  const market = marketFor(state, margin, asset)
  if (market === null) return
  const { account, user } = margin
  const surplus = state.ledger.free(account, asset.index) - state.ledger.owed(account, asset.index)
  const lots = lotsFloor(surplus, market.symbol.stepSize)
  if (lots === 0) return
  const takerFee = feeRateOf(venueOf(state).policy, market.symbol, user, 'taker', 'SELL')
  const limit = limitOf(state, account, market, { side: 'SELL', lots: BigInt(lots), takerFee })
  if (limit === null) return
  trade(state, liquidation, margin, market, { side: 'SELL', limit, lots })
  if (levelsOf(state, margin).stopEarly === null) return
  // If this ends it, the fee is paid from these proceeds; if not, they repay as well in the end.
  const kept = feeDue(state, liquidation)
  repayFromFree(state, account, assetAt(state, moneyOf(state, margin)), kept)
}

/** Buys until nothing is owed, the money is gone, or the book has no more inside the band. */
function buyShortage(
  state: ExchangeState,
  liquidation: Liquidation,
  margin: MarginAccount,
  asset: Asset,
): void {
  const market = marketFor(state, margin, asset)
  if (market === null) return
  const { account, user } = margin
  const { symbol } = market
  const takerFee = feeRateOf(venueOf(state).policy, symbol, user, 'taker', 'BUY')
  for (;;) {
    const owed = state.ledger.owed(account, asset.index)
    if (owed === 0n) return
    // The fee leaves what is bought, so a little more must be bought than is owed.
    const gross = divCeil(owed * RATE_SCALE, RATE_SCALE - takerFee)
    const wanted = divCeil(gross, symbol.stepSize)
    const limit = limitOf(state, account, market, { side: 'BUY', lots: wanted, takerFee })
    if (limit === null) return
    const money = state.ledger.free(account, symbol.quote)
    const affordable = divFloor(money, BigInt(limit) * symbol.quotePerTickLot)
    const lots = Number(
      minBigint(minBigint(wanted, affordable), BigInt(symbol.maximumLots)),
    ) as Lots
    if (lots === 0) return
    const filled = trade(state, liquidation, margin, market, { side: 'BUY', limit, lots })
    repayFromFree(state, account, asset)
    if (filled === 0) return
  }
}

/** The asset's book; null while its index holds the account (rule X3) or the book is shut. */
function marketFor(
  state: ExchangeState,
  margin: MarginAccount,
  asset: Asset,
): IndexedMarket | null {
  const symbol = marketOfAsset(state, margin, asset.index)
  return openMarket(state, symbol, mayLiquidate(state, margin.account))
}

interface Closing {
  readonly side: Side
  readonly lots: bigint
  readonly takerFee: Rate
}

/** The worst price at which an order may close this part of the account (rule Q3). */
function limitOf(
  state: ExchangeState,
  account: AccountId,
  market: IndexedMarket,
  { side, lots, takerFee }: Closing,
): Ticks | null {
  const { policy } = venueOf(state)
  const equity = equityOf(valuationOf(state, account))
  const notional = (lots * market.symbol.stepSize * market.price) as Value
  return worstPrice(market, side, worstDistance({ equity, notional, takerFee, policy }))
}

function lotsFloor(base: bigint, stepSize: Amount): Lots {
  if (base <= 0n) return 0 as Lots
  return Number(minBigint(base / stepSize, BigInt(Number.MAX_SAFE_INTEGER))) as Lots
}

/** Sends one order that closes part of the account, and tells how it did. Returns the lots it filled. */
function trade(
  state: ExchangeState,
  liquidation: Liquidation,
  { account, user, pair }: MarginAccount,
  { symbol, price, quotePrice }: IndexedMarket,
  { side, limit, lots }: { readonly side: Side; readonly limit: Ticks; readonly lots: Lots },
): number {
  const order = tradeAtOnce(state, {
    user,
    account,
    wallet: pair === null ? 'CROSS_MARGIN' : 'ISOLATED_MARGIN',
    symbol,
    side,
    limit,
    lots,
    clientOrderId: `liquidation-${liquidation.id}-${state.orders.table.lastId + 1}`,
    liquidationId: liquidation.id,
  })
  if (order === null) return 0
  const { executedLots, executedQuote } = order
  liquidation.valueLiquidated = (liquidation.valueLiquidated + executedQuote) as Amount
  const better = executedQuote * quotePrice - baseOf(symbol, executedLots) * price
  state.events.push({
    type: 'LiquidationOrderClosed',
    liquidationId: liquidation.id,
    userId: user.id,
    orderId: order.id,
    symbol: symbol.index,
    indexPrice: price,
    gain: (side === 'SELL' ? better : -better) as Value,
  })
  return executedLots
}

/** Whether anything is still to be sold, and whether anything is still owed. */
function remainder(
  state: ExchangeState,
  margin: MarginAccount,
): { surplus: boolean; debt: boolean } {
  let surplus = false
  let debt = false
  for (const { asset, free, principal, interest } of state.ledger.holdings(margin.account)) {
    if (principal + interest > 0n) debt = true
    const symbol = marketOfAsset(state, margin, asset)
    if (symbol !== null && lotsFloor(free, symbol.stepSize) > 0) surplus = true
  }
  return { surplus, debt }
}

/** Rules Q4 and Q5: the clearance fee, never beyond what is left; what remains is the user's. */
function finish(
  state: ExchangeState,
  liquidation: Liquidation,
  outcome: Outcome,
  taken: TakenOver,
): void {
  const margin = marginOf(state, liquidation.account)
  const { account, user } = margin
  const money = moneyOf(state, margin)
  const owing = state.ledger.owed(account, money)
  const left = owing > 0n && outcome !== 'stopped_early' ? 0n : state.ledger.free(account, money)
  const clearanceFee = minBigint(feeDue(state, liquidation), left) as Amount
  transferred(state.ledger, account, VENUE_ACCOUNT.insuranceFund, money, clearanceFee)
  margin.liquidation = null
  state.liquidations.delete(liquidation.id)
  state.events.push({
    type: 'LiquidationFinished',
    liquidationId: liquidation.id,
    userId: user.id,
    pair: margin.pair,
    outcome,
    valueLiquidated: liquidation.valueLiquidated,
    clearanceFee,
    ...taken,
  })
  explainBuffer(state, account, liquidation.id, 'closing')
}

function feeDue(state: ExchangeState, { valueLiquidated }: Liquidation): Amount {
  const { clearanceFee } = venueOf(state).policy
  return divCeil(valueLiquidated * clearanceFee, RATE_SCALE) as Amount
}
