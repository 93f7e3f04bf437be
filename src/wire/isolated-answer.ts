import { present } from '../core/assert.ts'
import { effectiveMultiple } from '../core/domain/isolated-policy.ts'
import type { BalanceLine, IsolatedAnswer, LoanTerms } from '../core/domain/question.ts'
import type { TradingSymbol, Venue } from '../core/domain/venue.ts'
import { AMOUNT_SCALE } from '../core/money/amount.ts'
import { formatDecimalShort } from '../core/money/decimal.ts'
import { divNearest } from '../core/money/rounding.ts'
import { amountShort, amountText, inBtcCeil, inBtcFloor, rateShort } from './number-text.ts'

/** Places of a rate in per cent. */
const PERCENT_DECIMALS = 6

/** One account of GET isolated/account. Numbers are without trailing zeros, as live answers are. */
export function isolatedAccountBody(
  answer: IsolatedAnswer,
  venue: Venue,
  btcPrice: bigint | null,
): object {
  const symbol = symbolOf(answer.pair, venue)
  return {
    baseAsset: sideBody(answer.base, venue, { price: answer.prices.base, btcPrice }),
    quoteAsset: sideBody(answer.quote, venue, { price: answer.prices.quote, btcPrice }),
    symbol: symbol.symbol,
    isolatedCreated: answer.created,
    enabled: answer.enabled,
    marginLevel: answer.marginLevel,
    marginLevelStatus: answer.status,
    marginRatio: amountShort(answer.multiple),
    indexPrice: amountShort(answer.indexPrice ?? 0n),
    liquidatePrice: amountShort(answer.liquidationPrice ?? 0n),
    liquidateRate: formatDecimalShort(answer.liquidationRate, PERCENT_DECIMALS),
    tradeEnabled: answer.canTrade,
  }
}

interface Prices {
  readonly price: bigint | null
  readonly btcPrice: bigint | null
}

function sideBody(line: BalanceLine, venue: Venue, prices: Prices): object {
  const { free, locked, borrowed, interest } = line
  const asset = present(venue.assets[line.asset], 'an asset in an answer is the venue’s')
  const net = free + locked - borrowed - interest
  return {
    asset: asset.code,
    borrowEnabled: asset.borrowable,
    borrowed: amountShort(borrowed),
    free: amountShort(free),
    interest: amountShort(interest),
    locked: amountShort(locked),
    netAsset: amountShort(net),
    netAssetOfBtc: amountShort(inBtc(net, prices)),
    repayEnabled: true,
    totalAsset: amountShort(free + locked),
  }
}

/** To the nearest, as Binance's are; 0 without a price. */
function inBtc(net: bigint, { price, btcPrice }: Prices): bigint {
  return price === null || btcPrice === null ? 0n : divNearest(net * price, btcPrice)
}

/** What all accounts together have and owe: what is owed rounds up, what is there down (rule R1). */
export function isolatedTotals(
  answers: readonly IsolatedAnswer[],
  btcPrice: bigint | null,
): object {
  let assets = 0n
  let debts = 0n
  for (const { base, quote, prices } of answers) {
    for (const [line, price] of [
      [base, prices.base ?? 0n],
      [quote, prices.quote ?? 0n],
    ] as const) {
      assets += (line.free + line.locked) * price
      debts += (line.borrowed + line.interest) * price
    }
  }
  const btcAssets = inBtcFloor(assets / AMOUNT_SCALE, btcPrice)
  const btcDebts = inBtcCeil((debts + AMOUNT_SCALE - 1n) / AMOUNT_SCALE, btcPrice)
  return {
    totalAssetOfBtc: amountText(btcAssets),
    totalLiabilityOfBtc: amountText(btcDebts),
    totalNetAssetOfBtc: amountText(btcAssets - btcDebts),
  }
}

/** GET isolatedMarginTier: the steps of a pair's table, from 1. */
export function isolatedTierBodies(symbol: TradingSymbol, venue: Venue): object[] {
  return symbol.isolatedTiers.map(({ levels, baseMaximum, quoteMaximum }, index) => ({
    symbol: symbol.symbol,
    tier: index + 1,
    effectiveMultiple: amountShort(effectiveMultiple(levels)),
    initialRiskRatio: rateShort(levels.borrow),
    liquidationRiskRatio: rateShort(levels.liquidation),
    baseAssetMaxBorrowable: amountShort(baseMaximum ?? limitOf(symbol.base, venue)),
    quoteAssetMaxBorrowable: amountShort(quoteMaximum ?? limitOf(symbol.quote, venue)),
  }))
}

/** GET isolatedMarginData. */
export function isolatedDataBody(
  symbol: TradingSymbol,
  venue: Venue,
  { vipLevel, assets: terms }: LoanTerms,
): object {
  const first = present(symbol.isolatedTiers[0], 'a pair with isolated accounts has tiers')
  const last = present(symbol.isolatedTiers.at(-1), 'a pair with isolated accounts has tiers')
  const coin = (index: TradingSymbol['base'], limit: bigint | null): object => {
    const asset = present(venue.assets[index], 'a symbol’s assets are the venue’s')
    const { dailyRate, borrowLimit } = present(terms[index], 'every asset has its terms')
    return {
      coin: asset.code,
      dailyInterest: rateShort(dailyRate),
      borrowLimit: amountShort(limit ?? borrowLimit),
    }
  }
  return {
    vipLevel,
    symbol: symbol.symbol,
    leverage: amountShort(effectiveMultiple(first.levels)),
    data: [coin(symbol.base, last.baseMaximum), coin(symbol.quote, last.quoteMaximum)],
  }
}

function limitOf(asset: TradingSymbol['base'], venue: Venue): bigint {
  return present(venue.assets[asset], 'a symbol’s assets are the venue’s').userBorrowLimit
}

function symbolOf(pair: IsolatedAnswer['pair'], venue: Venue): TradingSymbol {
  return present(venue.symbols[pair], 'an account is of a symbol of the venue')
}
