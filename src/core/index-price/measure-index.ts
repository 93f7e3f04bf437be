import type { IndexPricePolicy, IndexStanding, SourceStanding } from '../domain/venue.ts'
import type { IndexPrice } from '../money/price.ts'
import { RATE_SCALE } from '../money/rate.ts'
import type { WeightedPrice } from './weighted-median.ts'
import { weightedMedian } from './weighted-median.ts'

/** The last that a source said. */
export interface SourceQuote {
  readonly price: IndexPrice
  readonly updatedMs: number
}

export interface IndexInput {
  readonly policy: IndexPricePolicy
  /** By source; null: it has said nothing yet. */
  readonly quotes: readonly (SourceQuote | null)[]
  /** The last trade of the venue's own book; null: none. */
  readonly ownTrade: SourceQuote | null
  readonly nowMs: number
}

/** What the sources together say. */
export interface IndexMeasure {
  /** Null while too few sources are live. */
  readonly price: IndexPrice | null
  readonly standing: Exclude<IndexStanding, 'MISSING'>
  /** By source, the venue's own trades last. */
  readonly sources: readonly SourceStanding[]
  /** When silence alone will change this; infinity: never. */
  readonly untilMs: number
}

/**
 * Rule X1: the weighted median of the sources that are live. Contested: of the outside sources' weight no more than half
 * lies within the clamp band around the median. Stale: fewer outside sources than the policy asks for are live.
 */
export function measureIndex({ policy, quotes, ownTrade, nowMs }: IndexInput): IndexMeasure {
  const isLive = (quote: SourceQuote | null): quote is SourceQuote =>
    quote !== null && nowMs - quote.updatedMs < policy.silenceMaxMs
  const outside: WeightedPrice[] = []
  for (const [source, quote] of quotes.entries()) {
    const weight = policy.sources[source]?.weight ?? 0n
    if (isLive(quote)) outside.push({ price: quote.price, weight })
  }
  const own = isLive(ownTrade) ? ownTradeWeight(policy, outside) : 0n
  const ownPrice = ownTrade?.price ?? null
  const counted =
    own === 0n || ownPrice === null ? outside : weighOwn(policy, outside, ownPrice, own)
  const isEnough = outside.length >= Math.min(policy.minimumLiveSources, policy.sources.length)
  const median = isEnough ? weightedMedian(counted) : null
  const standingOf = (quote: SourceQuote | null): SourceStanding => {
    if (!isLive(quote)) return 'SILENT'
    return median === null || isWithin(quote.price, median, policy) ? 'COUNTED' : 'CLAMPED'
  }
  return {
    price: median as IndexPrice | null,
    standing:
      median === null ? 'STALE' : isContested(outside, median, policy) ? 'CONTESTED' : 'GOOD',
    sources: [...quotes.map(standingOf), own === 0n ? 'SILENT' : standingOf(ownTrade)],
    untilMs: [...quotes, ownTrade]
      .filter(isLive)
      .reduce((until, { updatedMs }) => Math.min(until, updatedMs + policy.silenceMaxMs), Infinity),
  }
}

/** The venue's own trades count only beside two live outside sources. */
function ownTradeWeight(policy: IndexPricePolicy, outside: readonly WeightedPrice[]): bigint {
  return policy.ownTradesWeight === null || outside.length < 2 ? 0n : policy.ownTradesWeight
}

/** Every weight on one scale, so that the venue's own trades have exactly their share of the whole. */
function weighOwn(
  { ownTradesWeight }: IndexPricePolicy,
  outside: readonly WeightedPrice[],
  price: IndexPrice,
  share: bigint,
): WeightedPrice[] {
  const total = outside.reduce((sum, { weight }) => sum + weight, 0n)
  const others = RATE_SCALE - (ownTradesWeight ?? 0n)
  const scaled = outside.map((each) => ({ price: each.price, weight: each.weight * others }))
  return [...scaled, { price, weight: total * share }]
}

function isWithin(price: bigint, median: bigint, { clampBand }: IndexPricePolicy): boolean {
  const off = price > median ? price - median : median - price
  return off * RATE_SCALE <= median * clampBand
}

function isContested(
  outside: readonly WeightedPrice[],
  median: bigint,
  policy: IndexPricePolicy,
): boolean {
  let total = 0n
  let within = 0n
  for (const { price, weight } of outside) {
    total += weight
    if (isWithin(price, median, policy)) within += weight
  }
  return within * 2n <= total
}
