import { present } from '../assert.ts'
import type { AccountId, AssetIndex } from '../domain/ids.ts'
import { VENUE_ACCOUNT } from '../ledger/chart.ts'
import { debtAssumed, transferred, writtenOff } from '../ledger/entry.ts'
import { equityOf } from '../margin/valuation.ts'
import type { Amount } from '../money/amount.ts'
import { ZERO } from '../money/amount.ts'
import type { IndexPrice } from '../money/price.ts'
import { INDEX_PRICE_SCALE } from '../money/price.ts'
import { divCeil, divFloor, maxBigint, minBigint } from '../money/rounding.ts'
import { mayLiquidate } from './index-hold.ts'
import { noteTaken, repayFundDebts } from './insurance-fund.ts'
import { bearLoss } from './lend.ts'
import { moneyOf } from './margin-account.ts'
import { valuationOf } from './standing.ts'
import type { ExchangeState, Liquidation, MarginAccount } from './state.ts'
import { venueOf } from './state.ts'

/** In USDT. */
export interface TakenOver {
  readonly fundPaid: Amount
  readonly lendersLost: Amount
}

const { insuranceFund } = VENUE_ACCOUNT

/**
 * Rules Q3 and Q5: the insurance fund takes what is left of a portfolio over at index price. It gives money for what
 * is worth more than the debts, pays what is worth less, and past its own means the debts' lenders bear the rest.
 * Null while an index it depends on holds it (rule X3).
 */
export function takeOver(
  state: ExchangeState,
  liquidation: Liquidation,
  margin: MarginAccount,
): TakenOver | null {
  const { account, user } = margin
  if (!mayLiquidate(state, account)) return null
  const { assets, debts } = valuationOf(state, account)
  const shortfall = maxBigint(debts - assets, 0n)
  const fundEquity = equityOf(valuationOf(state, insuranceFund))
  const lost = shareLoss(
    state,
    liquidation,
    margin,
    maxBigint(shortfall - maxBigint(fundEquity, 0n), 0n),
  )
  const debtValue = valuationOf(state, account).debts
  const { taken: assetsTaken, refund } = takeAssets(state, margin, debtValue)
  const debtsTaken = takeDebts(state, account)
  const { liquidationId, userId } = { liquidationId: liquidation.id, userId: user.id }
  state.events.push({
    type: 'LiquidationTakenOver',
    liquidationId,
    userId,
    pair: margin.pair,
    assets: assetsTaken,
    debts: debtsTaken,
    given: refund === 0n ? [] : [[moneyOf(state, margin), refund]],
  })
  const valueTaken = divCeil(debtValue, priceOf(state, moneyOf(state, margin)))
  liquidation.valueLiquidated = (liquidation.valueLiquidated + valueTaken) as Amount
  repayFundDebts(state)
  const fundPaid = divCeil(maxBigint(shortfall - lost, 0n), INDEX_PRICE_SCALE) as Amount
  user.owedToFund = (user.owedToFund + fundPaid) as Amount
  return { fundPaid, lendersLost: divCeil(lost, INDEX_PRICE_SCALE) as Amount }
}

/** Writes debts off for `excess` of value, in asset order: pro rata over that asset's lenders. */
function shareLoss(
  state: ExchangeState,
  { id: liquidationId }: Liquidation,
  { account, user, pair }: MarginAccount,
  excess: bigint,
): bigint {
  let left = excess
  for (const { asset } of [...state.ledger.holdings(account)]) {
    const owed = state.ledger.owed(account, asset)
    if (left <= 0n || owed === 0n) continue
    const price = priceOf(state, asset)
    const sum = minBigint(owed, divCeil(left, price)) as Amount
    const { principal } = writtenOff(state.ledger, account, asset, sum)
    user.recoverable.set(asset, ((user.recoverable.get(asset) ?? 0n) + sum) as Amount)
    const loss = { liquidationId, userId: user.id, pair, asset, amount: sum }
    state.events.push({ type: 'LossShared', ...loss })
    bearLoss(state, asset, principal, liquidationId)
    left -= sum * price
  }
  return excess - maxBigint(left, 0n)
}

/**
 * The account's money pays first, then the other assets in order, as far as the debts reach. What is held beyond them
 * the fund buys for that money, as far as it has any, so that the whole portfolio is closed.
 */
function takeAssets(
  state: ExchangeState,
  margin: MarginAccount,
  debtValue: bigint,
): { readonly taken: (readonly [AssetIndex, Amount])[]; readonly refund: Amount } {
  const { account } = margin
  const money = moneyOf(state, margin)
  const moneyPrice = priceOf(state, money)
  const taken: (readonly [AssetIndex, Amount])[] = []
  let left = debtValue
  let refund = ZERO
  const take = (asset: AssetIndex, sum: Amount): void => {
    if (sum === 0n) return
    transferred(state.ledger, account, insuranceFund, asset, sum)
    if (asset !== venueOf(state).usdt) noteTaken(state, asset, sum)
    taken.push([asset, sum])
  }
  const cash = minBigint(state.ledger.free(account, money), divCeil(left, moneyPrice)) as Amount
  take(money, cash)
  left -= cash * moneyPrice
  for (const { asset, free } of [...state.ledger.holdings(account)]) {
    if (asset === money || free === 0n) continue
    const price = priceOf(state, asset)
    const owing = left > 0n ? (minBigint(free, divCeil(left, price)) as Amount) : ZERO
    const bought = affordable(state, money, (free - owing) as Amount, price)
    const given = divFloor(bought * price, moneyPrice) as Amount
    take(asset, (owing + bought) as Amount)
    transferred(state.ledger, insuranceFund, account, money, given)
    refund = (refund + given) as Amount
    left -= owing * price
  }
  return { taken, refund }
}

function affordable(
  state: ExchangeState,
  money: AssetIndex,
  sum: Amount,
  price: IndexPrice,
): Amount {
  const means = state.ledger.free(insuranceFund, money) * priceOf(state, money)
  return minBigint(sum, divFloor(means, price)) as Amount
}

function takeDebts(state: ExchangeState, account: AccountId): (readonly [AssetIndex, Amount])[] {
  const taken: (readonly [AssetIndex, Amount])[] = []
  for (const { asset } of [...state.ledger.holdings(account)]) {
    const { interest, principal } = debtAssumed(state.ledger, account, insuranceFund, asset)
    if (interest + principal > 0n) taken.push([asset, (interest + principal) as Amount])
  }
  return taken
}

function priceOf(state: ExchangeState, asset: AssetIndex): IndexPrice {
  return present(state.prices[asset], 'what is taken over has an index price')
}
