import { assert, present } from '../assert.ts'
import type { AccountId, AssetIndex } from '../domain/ids.ts'
import type { BorrowBinding } from '../domain/rejection.ts'
import type {
  Asset,
  CollateralBand,
  IsolatedTier,
  Levels,
  TradingSymbol,
  Venue,
} from '../domain/venue.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Amount } from '../money/amount.ts'
import { ZERO } from '../money/amount.ts'
import type { IndexPrice, Value } from '../money/price.ts'
import { valueAt } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import { ONE, RATE_SCALE } from '../money/rate.ts'
import { maxBigint } from '../money/rounding.ts'
import { collateralChange, weightAbove } from './collateral.ts'
import { hourlyInterest } from './interest.ts'
import { assertOrdered, levelAtLeast } from './level.ts'
import type { Prices } from './prices.ts'
import { priceOf } from './prices.ts'
import { largestPassing } from './search.ts'
import type { Valuation } from './valuation.ts'
import { valueAccount, valuedInFull } from './valuation.ts'

/** The decision cannot be taken: an asset held, owed or asked for has no price (rule X3). */
export interface MissingPrice {
  readonly missing: AssetIndex
}

/** How much more of an asset an account may borrow, with each bound of rule B2. In the asset. */
export interface MaxBorrowable {
  /** The least of the four. */
  readonly amount: Amount
  /** The most the account may owe of the asset in all. */
  readonly borrowLimit: Amount
  readonly binding: BorrowBinding
  readonly headroom: Amount
  readonly userLimit: Amount
  readonly pool: Amount
  readonly venueCap: Amount
}

interface AccountAndAsset {
  readonly ledger: Ledger
  readonly account: AccountId
  readonly venue: Venue
  /** What is held counts at these. */
  readonly prices: Prices
  /** And what is owed at these, never below (rule C4); left out: the same. */
  readonly owedPrices?: Prices
  readonly asset: Asset
  readonly levels: Levels
  /** Whether everything counts in full (rule S2), and not after its haircut. */
  readonly inFull: boolean
}

export interface MaxBorrowableInput extends AccountAndAsset {
  /** What the loan costs this user (rules I2, B12). */
  readonly dailyRate: Rate
  /** The most the user may owe of the asset (rule B12). */
  readonly userBorrowLimit: Amount
  /** Principal of the asset lent to everybody. */
  readonly owedByVenue: Amount
  /** What the pool holds, its reserve included. */
  readonly poolFree: Amount
}

/** Rule B1, on an account as it stands after a loan. */
export function passesInitial(valuation: Valuation, levels: Levels): boolean {
  return levelAtLeast(valuation.collateral, valuation.debts, levels.borrow)
}

export function maxBorrowable(input: MaxBorrowableInput): MaxBorrowable | MissingPrice {
  const { ledger, account, prices, owedPrices = prices, asset, levels } = input
  assertOrdered(levels)
  const valuation = valuationOf(input)
  const price = priceOf(prices, asset.index)
  const owedPrice = priceOf(owedPrices, asset.index)
  if (price === null || owedPrice === null) return { missing: asset.index }
  if (valuation.missing !== null) return { missing: valuation.missing }

  const headroom = headroomOf(input, valuation, price, owedPrice)
  const userLimit = positive(input.userBorrowLimit - ledger.principal(account, asset.index))
  const pool = positive(input.poolFree - asset.poolReserve)
  const venueCap = positive(asset.venueBorrowCap - input.owedByVenue)
  const bounds: readonly (readonly [BorrowBinding, Amount])[] = [
    ['headroom', headroom],
    ['user_limit', userLimit],
    ['pool', pool],
    ['venue_cap', venueCap],
  ]
  const [binding, amount] = bounds.reduce((least, next) => (next[1] < least[1] ? next : least))
  return {
    amount,
    borrowLimit: input.userBorrowLimit,
    binding,
    headroom,
    userLimit,
    pool,
    venueCap,
  }
}

export type MaxIsolatedInput = Omit<MaxBorrowableInput, 'levels' | 'inFull'> & {
  readonly symbol: TradingSymbol
}

/**
 * Rules S2 and S3: the most over the pair's tiers, each by its own ratio and up to what it lets the account owe. A loan
 * that one tier allows passes every tier below it too, so whatever is no larger is allowed as well.
 */
export function maxBorrowableIsolated(input: MaxIsolatedInput): MaxBorrowable | MissingPrice {
  const { ledger, account, asset, symbol } = input
  const isBase = asset.index === symbol.base
  const otherOwed = ledger.principal(account, isBase ? symbol.quote : symbol.base)
  const fits = (tier: IsolatedTier): boolean => {
    const most = isBase ? tier.quoteMaximum : tier.baseMaximum
    return most === null || otherOwed <= most
  }
  const tiers = symbol.isolatedTiers.filter(fits)
  let most: MaxBorrowable | null = null
  for (const tier of tiers.length > 0 ? tiers : symbol.isolatedTiers.slice(-1)) {
    const limit = isBase ? tier.baseMaximum : tier.quoteMaximum
    const userBorrowLimit = limit ?? input.userBorrowLimit
    const max = maxBorrowable({ ...input, userBorrowLimit, levels: tier.levels, inFull: true })
    if ('missing' in max) return max
    if (most === null || max.amount > most.amount) most = max
  }
  return present(most, 'S3 a pair with isolated accounts has tiers')
}

/**
 * The largest loan after which the account still passes B1, the hour charged with the loan (I1) included.
 *
 * A further unit adds at most its price to the collateral and more than that to what the debt requires, as the borrow
 * level is above 1 and no debt is valued lower: so loans pass up to one size and never again.
 */
function headroomOf(
  input: MaxBorrowableInput,
  valuation: Valuation,
  price: IndexPrice,
  owedPrice: IndexPrice,
): Amount {
  const { asset, levels, dailyRate } = input
  const spare = valuation.collateral * RATE_SCALE - levels.borrow * valuation.debts
  if (spare <= 0n) return ZERO
  assert(price > 0n && owedPrice >= price, 'C4 a debt is not valued below what is held')
  const before = valueAt(input.ledger.held(input.account, asset.index), price)
  const owedPerLent = levels.borrow + (levels.borrow * dailyRate) / (24n * RATE_SCALE)
  const weight = weightAbove(bandsOf(input), before)
  const guess = spare / (owedPerLent * owedPrice - weight * price)
  const atMost = spare / (levels.borrow * owedPrice - RATE_SCALE * price)
  return largestPassing(guess, atMost, (lent) => {
    const after = (before + lent * price) as Value
    const collateral = valuation.collateral + collateralChange(bandsOf(input), before, after)
    const charged = hourlyInterest(lent as Amount, dailyRate)
    const debts = valuation.debts + (lent + charged) * owedPrice
    return levelAtLeast(collateral as Value, debts as Value, levels.borrow)
  }) as Amount
}

export interface MaxTransferableInput extends AccountAndAsset {
  /** What the account's open orders may lose against the index: collateral that is as good as gone. */
  readonly openOrdersLoss: Value
}

/**
 * How much of an asset may leave the account (rule L2): everything free without debt; with debt, what leaves the
 * collateral at the transfer-out level or above it.
 */
export function maxTransferable(input: MaxTransferableInput): Amount | MissingPrice {
  const { ledger, account, prices, asset, levels } = input
  assertOrdered(levels)
  const free = ledger.free(account, asset.index)
  if (!owesAnything(ledger, account)) return free
  const valuation = valuationOf(input)
  if (valuation.missing !== null) return { missing: valuation.missing }
  const price = priceOf(prices, asset.index)
  if (price === null) return { missing: asset.index }

  const before = valueAt(ledger.held(account, asset.index), price)
  const counted = valuation.collateral - input.openOrdersLoss
  const spare = counted * RATE_SCALE - levels.transferOut * valuation.debts
  const weight = weightAbove(bandsOf(input), before)
  const guess = weight === 0n ? free : spare / (weight * price)
  const largest = largestPassing(guess, free, (taken) => {
    const after = (before - taken * price) as Value
    const collateral = counted + collateralChange(bandsOf(input), before, after)
    return levelAtLeast(collateral as Value, valuation.debts, levels.transferOut)
  })
  return positive(largest)
}

function valuationOf(input: AccountAndAsset): Valuation {
  const { ledger, account, venue, prices, owedPrices, inFull } = input
  const valuation = valueAccount(ledger, account, venue, prices, owedPrices)
  return inFull ? valuedInFull(valuation) : valuation
}

const IN_FULL: readonly CollateralBand[] = [{ upTo: null, weight: ONE }]

function bandsOf({ asset, inFull }: AccountAndAsset): readonly CollateralBand[] {
  return inFull ? IN_FULL : asset.collateral
}

function owesAnything(ledger: Ledger, account: AccountId): boolean {
  let owes = false
  ledger.forEachHolding(account, (_asset, _held, owed) => {
    if (owed > 0n) owes = true
  })
  return owes
}

function positive(sum: bigint): Amount {
  return maxBigint(sum, 0n) as Amount
}
