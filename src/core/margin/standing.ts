import type { AccountId, AssetIndex } from '../domain/ids.ts'
import type { AccountStanding } from '../domain/question.ts'
import type { Levels, Venue } from '../domain/venue.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { AMOUNT_DECIMALS } from '../money/amount.ts'
import { formatDecimal } from '../money/decimal.ts'
import { INDEX_PRICE_DECIMALS, usdtFloor } from '../money/price.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divFloor } from '../money/rounding.ts'
import { assertOrdered, formatLevel, levelAbove } from './level.ts'
import { liquidationPrice, marketShock } from './liquidation-price.ts'
import type { Prices, RiskPrices } from './prices.ts'
import { priceOf } from './prices.ts'
import type { Valuation } from './valuation.ts'
import { equityOf, valueAccount, valuedInFull } from './valuation.ts'

export interface StandingInput {
  readonly ledger: Ledger
  readonly account: AccountId
  readonly venue: Venue
  readonly prices: Prices
  /** What a loan or a transfer out is decided at (rule C4). */
  readonly riskPrices: RiskPrices
  readonly levels: Levels
  /** Whether everything counts in full (rule S2), and not after its haircut. */
  readonly inFull: boolean
  /** The asset whose liquidation price is asked for; null: none. */
  readonly priceAsset: AssetIndex | null
  /** False while the account is being liquidated: it can then do none of the three (rule Q2). */
  readonly tradingAllowed: boolean
}

/** The lower bound of a level while nobody knows what a debt is worth (rule L7). */
const UNKNOWN_LEVEL = formatDecimal(0n, AMOUNT_DECIMALS)

/** What a margin account may do and how far it is from liquidation (rules C2, L1–L4). Amounts rounded down. */
export function standingOf(input: StandingInput): AccountStanding {
  const { ledger, account, venue, prices, levels, priceAsset, tradingAllowed } = input
  assertOrdered(levels)
  const counted = (valued: Valuation): Valuation => (input.inFull ? valuedInFull(valued) : valued)
  const valuation = counted(valueAccount(ledger, account, venue, prices))
  const { assets, debts, collateral } = valuation
  const { held, owed } = input.riskPrices
  const risk = counted(valueAccount(ledger, account, venue, held, owed))
  const blind = valuation.missing !== null && owesUnpriced(ledger, account, prices)
  const allowed = tradingAllowed && !blind
  const level = levels.liquidation
  const buffer = divFloor(assets * RATE_SCALE - level * debts, RATE_SCALE)
  const question = { ledger, account, venue, prices, level }
  const price = priceAsset === null ? null : liquidationPrice({ ...question, asset: priceAsset })
  return {
    marginLevel: blind ? UNKNOWN_LEVEL : formatLevel(assets, debts),
    collateralMarginLevel: blind ? UNKNOWN_LEVEL : formatLevel(collateral, debts),
    equity: formatDecimal(usdtFloor(equityOf(valuation)), AMOUNT_DECIMALS),
    buffer: formatDecimal(usdtFloor(buffer), AMOUNT_DECIMALS),
    liquidationPrice: price === null ? null : formatDecimal(price, INDEX_PRICE_DECIMALS),
    marketShock: marketShock(question),
    can: {
      trade: allowed && levelAbove(assets, debts, level),
      borrow: allowed && levelAbove(risk.collateral, risk.debts, levels.borrow),
      transferOut: allowed && levelAbove(risk.collateral, risk.debts, levels.transferOut),
    },
  }
}

function owesUnpriced(ledger: Ledger, account: AccountId, prices: Prices): boolean {
  let blind = false
  ledger.forEachHolding(account, (asset, _held, owed) => {
    if (owed > 0n && priceOf(prices, asset) === null) blind = true
  })
  return blind
}
