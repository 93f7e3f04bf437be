import type { Amount } from '../money/amount.ts'
import { AMOUNT_DECIMALS, AMOUNT_MAX, AMOUNT_SCALE } from '../money/amount.ts'
import { decimal } from '../money/decimal.ts'
import type { Rate } from '../money/rate.ts'
import { ONE, RATE_DECIMALS, RATE_SCALE } from '../money/rate.ts'
import { divCeil, divFloor } from '../money/rounding.ts'
import type { Fault } from './document-shape.ts'
import {
  decimalText,
  flag,
  listOf,
  nullable,
  objectOf,
  optional,
  positiveInteger,
  recordOf,
} from './document-shape.ts'
import { DAY_MS } from './ids.ts'
import type { IsolatedTier, Levels } from './venue.ts'
import type { IsolatedDocument, IsolatedTierDocument, SymbolDocument } from './venue-document.ts'

/** Isolated margin where a policy is silent. */
export const ISOLATED_DEFAULT: IsolatedDocument = {
  borrowMultiple: '5',
  transferOut: '2',
  marginCall: '1.15',
  liquidation: '1.1',
  stopEarly: false,
  maximumAccounts: 20,
  disableIntervalMs: DAY_MS,
  tiers: {},
}

const ratio = decimalText(RATE_DECIMALS, 1n, RATE_SCALE * 1_000n)
const amountText = decimalText(AMOUNT_DECIMALS, 0n, AMOUNT_MAX)

export const isolatedShape = objectOf({
  borrowMultiple: optional(ratio),
  transferOut: optional(ratio),
  marginCall: optional(ratio),
  liquidation: optional(ratio),
  stopEarly: optional(flag),
  maximumAccounts: optional(positiveInteger),
  disableIntervalMs: optional(positiveInteger),
  tiers: optional(
    recordOf(
      listOf(
        objectOf({
          borrow: ratio,
          marginCall: ratio,
          liquidation: ratio,
          baseMaximum: nullable(amountText),
          quoteMaximum: nullable(amountText),
        }),
      ),
    ),
  ),
})

/** What a pair's isolated accounts must keep to, least owed first; none where the pair is not traded on margin. */
export function isolatedTiers(
  { symbol, margin }: Pick<SymbolDocument, 'symbol' | 'margin'>,
  policy: Partial<IsolatedDocument> | undefined,
): readonly IsolatedTier[] {
  if (!margin) return []
  const document = { ...ISOLATED_DEFAULT, ...policy }
  const own = Object.hasOwn(document.tiers, symbol) ? document.tiers[symbol] : undefined
  return (own ?? [onlyTier(document)]).map((tier) => parseTier(tier, document))
}

/** Rule S2: whoever borrows five times what is his own has six in assets for each five owed. */
function onlyTier({ marginCall, liquidation }: IsolatedDocument): IsolatedTierDocument {
  return { borrow: null, marginCall, liquidation, baseMaximum: null, quoteMaximum: null }
}

function parseTier(tier: IsolatedTierDocument, policy: IsolatedDocument): IsolatedTier {
  const multiple = rateOf(policy.borrowMultiple)
  const borrow =
    tier.borrow === null
      ? (divCeil((ONE + multiple) * RATE_SCALE, multiple) as Rate)
      : rateOf(tier.borrow)
  return {
    levels: {
      transferOut: rateOf(policy.transferOut),
      borrow,
      marginCall: rateOf(tier.marginCall),
      liquidation: rateOf(tier.liquidation),
      stopEarly: policy.stopEarly ? borrow : null,
      screen: { marginCall: Number(tier.marginCall), liquidation: Number(tier.liquidation) },
    },
    baseMaximum: tier.baseMaximum === null ? null : amountOf(tier.baseMaximum),
    quoteMaximum: tier.quoteMaximum === null ? null : amountOf(tier.quoteMaximum),
  }
}

/** Assets over equity once as much is borrowed as may be: with two places, cut off, in 10⁻⁸. */
export function effectiveMultiple({ borrow }: Levels): Amount {
  const hundredths = divFloor(borrow * 100n, borrow - RATE_SCALE)
  return ((hundredths * AMOUNT_SCALE) / 100n) as Amount
}

/** Rules L1 and S3: each tier's levels in order, and the tiers rising in what may be owed and what it takes. */
export function isolatedFaults(policy: Partial<IsolatedDocument> | undefined): Fault[] {
  const document = { ...ISOLATED_DEFAULT, ...policy }
  const path = 'policy.isolated'
  return [
    ...tierFaults(onlyTier(document), document, path),
    ...Object.entries(document.tiers).flatMap(([symbol, tiers]) => {
      const at = `${path}.tiers.${symbol}`
      if (tiers.length === 0) return [{ path: at, message: 'has no tier' }]
      return tiers.flatMap((tier, index) => [
        ...tierFaults(tier, document, `${at}[${index}]`),
        ...risingFaults(tiers[index - 1], tier, `${at}[${index}]`),
      ])
    }),
  ]
}

function tierFaults(tier: IsolatedTierDocument, policy: IsolatedDocument, path: string): Fault[] {
  const { transferOut, borrow, marginCall, liquidation } = parseTier(tier, policy).levels
  const faults: Fault[] = []
  const above = (field: string, level: Rate, floor: Rate, name: string): void => {
    if (level <= floor) faults.push({ path: `${path}.${field}`, message: `must be above ${name}` })
  }
  above('transferOut', transferOut, borrow, 'borrow')
  above(tier.borrow === null ? 'borrowMultiple' : 'borrow', borrow, marginCall, 'marginCall')
  above('marginCall', marginCall, liquidation, 'liquidation')
  above('liquidation', liquidation, ONE, '1')
  return faults
}

function risingFaults(
  before: IsolatedTierDocument | undefined,
  tier: IsolatedTierDocument,
  path: string,
): Fault[] {
  if (before === undefined) return []
  const faults: Fault[] = []
  for (const field of ['baseMaximum', 'quoteMaximum'] as const) {
    const [lower, higher] = [before[field], tier[field]]
    const rises = lower !== null && (higher === null || amountOf(higher) > amountOf(lower))
    if (!rises) faults.push({ path: `${path}.${field}`, message: 'must be above the tier before' })
  }
  // What passes one tier's ratio must pass those below it: rule B2 rests on that.
  for (const field of ['borrow', 'marginCall', 'liquidation'] as const) {
    if (rateOf(tier[field] ?? '0') < rateOf(before[field] ?? '0')) {
      faults.push({ path: `${path}.${field}`, message: 'must not be below the tier before' })
    }
  }
  return faults
}

function amountOf(text: string): Amount {
  return decimal(text, AMOUNT_DECIMALS) as Amount
}

function rateOf(text: string): Rate {
  return decimal(text, RATE_DECIMALS) as Rate
}
