import type { AssetIndex, UserId } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import { VENUE_ACCOUNT } from '../ledger/chart.ts'
import type { IndexedMarket } from '../liquidation/price-bound.ts'
import { worstPrice } from '../liquidation/price-bound.ts'
import type { Amount } from '../money/amount.ts'
import { ZERO } from '../money/amount.ts'
import type { Lots } from '../money/price.ts'
import { INDEX_PRICE_SCALE } from '../money/price.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divCeil, divFloor, minBigint } from '../money/rounding.ts'
import { feeRateOf } from './fees.ts'
import { postRepayment } from './funds.ts'
import type { ExchangeState, User } from './state.ts'
import { assetAt, unregisteredUser, venueOf } from './state.ts'
import { openMarket, tradeAtOnce } from './trade-at-once.ts'

const { insuranceFund } = VENUE_ACCOUNT

/** Whose trades the insurance fund's are. No user has this id. */
export const FUND_USER_ID = 0 as UserId

const OWN_ACCOUNTS = { SPOT: insuranceFund, FUNDING: insuranceFund, CROSS_MARGIN: insuranceFund }

/** The fund got hold of an asset that it is to sell again (rule Q12). */
export function noteTaken({ fundTaken }: ExchangeState, asset: AssetIndex, sum: Amount): void {
  if (sum > 0n) fundTaken.set(asset, ((fundTaken.get(asset) ?? 0n) + sum) as Amount)
}

function noteGone({ fundTaken }: ExchangeState, asset: AssetIndex, sum: Amount): void {
  const left = (fundTaken.get(asset) ?? 0n) - sum
  if (left > 0n) fundTaken.set(asset, left as Amount)
  else fundTaken.delete(asset)
}

/** The fund pays in kind what it owes, at once and as far as it can. */
export function repayFundDebts(state: ExchangeState): void {
  for (const { asset } of [...state.ledger.holdings(insuranceFund)]) {
    const owed = state.ledger.owed(insuranceFund, asset)
    const sum = minBigint(owed, state.ledger.free(insuranceFund, asset)) as Amount
    if (sum <= 0n) continue
    postRepayment(state, insuranceFund, assetAt(state, asset), sum)
    noteGone(state, asset, sum)
  }
}

/**
 * Rule Q12: the fund buys what it owes and sells what it took over, near the index and little by little, so that
 * neither weighs on it or on the books.
 */
export function unwindFund(state: ExchangeState): void {
  const owes = state.ledger.owesAnything(insuranceFund)
  if (!owes && state.fundTaken.size === 0) return
  const user = unregisteredUser(FUND_USER_ID, OWN_ACCOUNTS)
  if (owes) {
    repayFundDebts(state)
    for (const { asset } of [...state.ledger.holdings(insuranceFund)]) buyOwed(state, user, asset)
    repayFundDebts(state)
  }
  for (const asset of [...state.fundTaken.keys()].sort((a, b) => a - b))
    sellTaken(state, user, asset)
}

function buyOwed(state: ExchangeState, user: User, asset: AssetIndex): void {
  const owed = state.ledger.owed(insuranceFund, asset)
  if (owed === 0n) return
  const market = openMarket(state, venueOf(state).usdtSymbol[asset] ?? null, false)
  if (market === null) return
  const { symbol } = market
  const takerFee = feeRateOf(venueOf(state).policy, symbol, user, 'taker', 'BUY')
  const gross = divCeil(owed * RATE_SCALE, RATE_SCALE - takerFee)
  trade(state, user, market, 'BUY', divCeil(gross, symbol.stepSize))
}

function sellTaken(state: ExchangeState, user: User, asset: AssetIndex): void {
  const taken = state.fundTaken.get(asset) ?? ZERO
  const market = openMarket(state, venueOf(state).usdtSymbol[asset] ?? null, false)
  if (market === null) return
  const { symbol } = market
  const lots = minBigint(taken, state.ledger.free(insuranceFund, asset)) / symbol.stepSize
  // What is less than a lot can never be sold: the fund keeps it.
  if (lots === 0n) return
  const sold = trade(state, user, market, 'SELL', lots)
  noteGone(state, asset, (BigInt(sold) * symbol.stepSize) as Amount)
}

/** At most so many lots, as far as the policy lets the fund go and its USDT reach. Returns what was filled. */
function trade(
  state: ExchangeState,
  user: User,
  market: IndexedMarket,
  side: Side,
  wanted: bigint,
): number {
  const { symbol, price } = market
  const { fundBand, fundOrderMax } = venueOf(state).policy.liquidation
  const limit = fundBand === null ? null : worstPrice(market, side, fundBand)
  if (limit === null) return 0
  const most = divFloor(fundOrderMax * INDEX_PRICE_SCALE, symbol.stepSize * price)
  const money = state.ledger.free(insuranceFund, symbol.quote)
  const affordable =
    side === 'SELL' ? wanted : divFloor(money, BigInt(limit) * symbol.quotePerTickLot)
  const lots = [most, affordable, BigInt(symbol.maximumLots)].reduce(minBigint, wanted)
  if (lots <= 0n) return 0
  const order = tradeAtOnce(state, {
    user,
    account: insuranceFund,
    wallet: 'SPOT',
    symbol,
    side,
    limit,
    lots: Number(lots) as Lots,
    clientOrderId: `insurance-fund-${state.orders.table.lastId + 1}`,
    liquidationId: null,
  })
  return order === null ? 0 : order.executedLots
}
