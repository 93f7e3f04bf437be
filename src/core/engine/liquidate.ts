import { assert } from '../assert.ts'
import type { PlaceOrder } from '../domain/command.ts'
import { PLAIN } from '../domain/command.ts'
import type { LiquidationFinished } from '../domain/event.ts'
import type { AccountId, AssetIndex, LiquidationId } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import type { Asset, TradingSymbol } from '../domain/venue.ts'
import { baseOf, notionalOf } from '../domain/venue.ts'
import { VENUE_ACCOUNT } from '../ledger/chart.ts'
import { transferred } from '../ledger/entry.ts'
import { formatLevel, levelAbove } from '../margin/level.ts'
import type { Amount } from '../money/amount.ts'
import { ZERO } from '../money/amount.ts'
import { formatDecimalShort } from '../money/decimal.ts'
import type { IndexPrice, Lots, Ticks, Value } from '../money/price.ts'
import { INDEX_PRICE_SCALE, usdtFloor } from '../money/price.ts'
import { RATE_DECIMALS, RATE_SCALE } from '../money/rate.ts'
import { divCeil, divFloor, minBigint } from '../money/rounding.ts'
import { removeOrder } from './end-order.ts'
import { feeRateOf } from './fees.ts'
import { announceRepayment, postRepayment } from './funds.ts'
import { mayLiquidate } from './index-hold.ts'
import { levelsOf, marginOf, marketOfAsset, moneyOf } from './margin-account.ts'
import { match } from './match-order.ts'
import { acceptOrder } from './place-order.ts'
import { settleLists } from './settle-lists.ts'
import { refuseStaleAccount, valuationOf } from './standing.ts'
import type { ExchangeState, Liquidation, MarginAccount } from './state.ts'
import { assetAt, bookOf, indexOf, marketOf, openOrdersOf, venueOf } from './state.ts'
import type { TakenOver } from './take-over.ts'
import { takeOver } from './take-over.ts'
import { UNBOUNDED } from './trade-range.ts'

/** Rules Q2 and Q3: the account is locked, its orders are cancelled, and the whole portfolio goes to market. */
export function startLiquidation(state: ExchangeState, account: AccountId): void {
  const margin = marginOf(state, account)
  assert(margin.liquidation === null, 'Q2 a liquidation starts once')
  state.lastLiquidationId = (state.lastLiquidationId + 1) as LiquidationId
  const id = state.lastLiquidationId
  margin.liquidation = id
  const liquidation = { id, account, startedMs: state.nowMs, valueLiquidated: ZERO }
  state.liquidations.set(id, liquidation)
  announceStart(state, margin, id)
  for (const order of [...openOrdersOf(state, account)]) {
    removeOrder(state, order, 'EXPIRED', 'liquidation')
  }
  settleLists(state)
  pursue(state, liquidation, margin)
}

/** Gives every running liquidation another try, oldest first. */
export function continueLiquidations(state: ExchangeState): void {
  for (const liquidation of [...state.liquidations.values()]) {
    pursue(state, liquidation, marginOf(state, liquidation.account))
  }
}

function announceStart(
  state: ExchangeState,
  margin: MarginAccount,
  liquidationId: LiquidationId,
): void {
  const { account, user } = margin
  const { assets, debts } = valuationOf(state, account)
  const prices: (readonly [AssetIndex, IndexPrice])[] = []
  for (const { asset } of state.ledger.holdings(account)) {
    const price = state.prices[asset] ?? null
    if (price !== null) prices.push([asset, price])
  }
  state.events.push({
    type: 'LiquidationStarted',
    liquidationId,
    userId: user.id,
    pair: margin.pair,
    level: formatLevel(assets, debts),
    liquidationLevel: formatDecimalShort(levelsOf(state, margin).liquidation, RATE_DECIMALS),
    assetsUsdt: usdtFloor(assets),
    debtsUsdt: -usdtFloor(-debts) as Amount,
    prices,
  })
}

type Outcome = LiquidationFinished['outcome']

/** One try: sell what is left over, buy what is short, repay; then it is over, waits, or is taken over. */
function pursue(state: ExchangeState, liquidation: Liquidation, margin: MarginAccount): void {
  repayInKind(state, margin)
  const stopped = tradeOut(state, liquidation, margin)
  const { surplus, debt } = remainder(state, margin)
  if (stopped) finish(state, liquidation, 'stopped_early', NOTHING_TAKEN)
  else if (!surplus && !debt) finish(state, liquidation, 'closed', NOTHING_TAKEN)
  else if (isTakeoverDue(state, liquidation, margin, surplus)) {
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
  if (stopEarly === null) return false
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
  const market = marketFor(state, margin, asset, 'SELL')
  if (market === null) return
  const { account } = margin
  const surplus = state.ledger.free(account, asset.index) - state.ledger.owed(account, asset.index)
  const lots = lotsFloor(surplus, market.symbol.stepSize)
  if (lots === 0) return
  trade(state, liquidation, margin, market, 'SELL', lots)
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
  const market = marketFor(state, margin, asset, 'BUY')
  if (market === null) return
  const { account, user } = margin
  const { symbol, limit } = market
  const takerFee = feeRateOf(venueOf(state).policy, symbol, user, 'taker', 'BUY')
  for (;;) {
    const owed = state.ledger.owed(account, asset.index)
    if (owed === 0n) return
    // The fee leaves what is bought, so a little more must be bought than is owed.
    const gross = divCeil(owed * RATE_SCALE, RATE_SCALE - takerFee)
    const wanted = divCeil(gross, symbol.stepSize)
    const money = state.ledger.free(account, symbol.quote)
    const affordable = divFloor(money, BigInt(limit) * symbol.quotePerTickLot)
    const lots = Number(
      minBigint(minBigint(wanted, affordable), BigInt(symbol.maximumLots)),
    ) as Lots
    if (lots === 0) return
    const filled = trade(state, liquidation, margin, market, 'BUY', lots)
    repayFromFree(state, account, asset)
    if (filled === 0) return
  }
}

interface Market {
  readonly symbol: TradingSymbol
  /** The worst price inside the liquidation band. */
  readonly limit: Ticks
}

/** The asset's book and the edge of the band around its index there (rule Q3); null while that holds the account (X3). */
function marketFor(
  state: ExchangeState,
  margin: MarginAccount,
  asset: Asset,
  side: Side,
): Market | null {
  const symbol = marketOfAsset(state, margin, asset.index)
  if (symbol === null) return null
  const price = state.prices[symbol.base] ?? null
  const quotePrice = state.prices[symbol.quote] ?? null
  if (price === null || quotePrice === null) return null
  const isGood =
    indexOf(state, symbol.base).standing === 'GOOD' &&
    indexOf(state, symbol.quote).standing === 'GOOD'
  if (!isGood && !mayLiquidate(state, margin.account)) return null
  // Rule T20.
  const { state: symbolState } = marketOf(state, symbol.index)
  if (symbolState === 'HALTED' || symbolState === 'POST_ONLY') return null
  const { liquidationBand } = venueOf(state).policy
  const scale = symbol.tickSize * RATE_SCALE * quotePrice
  const index = price * INDEX_PRICE_SCALE
  const edge =
    side === 'SELL'
      ? divCeil(index * (RATE_SCALE - liquidationBand), scale)
      : divFloor(index * (RATE_SCALE + liquidationBand), scale)
  return edge < 1n ? null : { symbol, limit: Number(edge) as Ticks }
}

function lotsFloor(base: bigint, stepSize: Amount): Lots {
  if (base <= 0n) return 0 as Lots
  return Number(minBigint(base / stepSize, BigInt(Number.MAX_SAFE_INTEGER))) as Lots
}

/** One immediate-or-cancel order through the ordinary book. Returns the lots it filled. */
function trade(
  state: ExchangeState,
  liquidation: Liquidation,
  { account, user, pair }: MarginAccount,
  { symbol, limit }: Market,
  side: Side,
  lots: Lots,
): number {
  const place: PlaceOrder = {
    type: 'PlaceOrder',
    userId: user.id,
    wallet: pair === null ? 'CROSS_MARGIN' : 'ISOLATED_MARGIN',
    symbol: symbol.index,
    side,
    orderType: 'LIMIT',
    timeInForce: 'IOC',
    price: limit,
    lots,
    quoteQuantity: ZERO,
    ...PLAIN,
    clientOrderId: `liquidation-${liquidation.id}-${state.orders.table.lastId + 1}`,
    sideEffect: 'NO_SIDE_EFFECT',
    autoRepayAtCancel: false,
    selfTradePrevention: 'NONE',
  }
  const book = bookOf(state, symbol.index)
  if (!book.crosses(side, limit)) return 0
  const buys = side === 'BUY'
  const order = acceptOrder(
    state,
    {
      place,
      user,
      account,
      symbol,
      book,
      gives: assetAt(state, buys ? symbol.quote : symbol.base),
      receives: assetAt(state, buys ? symbol.base : symbol.quote),
      need: buys ? notionalOf(symbol, limit, lots) : baseOf(symbol, lots),
      held: ZERO,
      borrow: ZERO,
      lent: ZERO,
      waits: false,
      // Rule Q3: it has a band of its own.
      ...match(state, { user, symbol, book, place, range: UNBOUNDED, quoteBudget: null }),
    },
    liquidation.id,
  )
  liquidation.valueLiquidated = (liquidation.valueLiquidated + order.executedQuote) as Amount
  return order.executedLots
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
}

function feeDue(state: ExchangeState, { valueLiquidated }: Liquidation): Amount {
  const { clearanceFee } = venueOf(state).policy
  return divCeil(valueLiquidated * clearanceFee, RATE_SCALE) as Amount
}
