import type { TimestampMs } from '../domain/ids.ts'
import type { IndexPricePolicy, IndexStanding, SourceStanding, Venue } from '../domain/venue.ts'
import type { SourceQuote } from '../index-price/measure-index.ts'
import type { RateLimitedPrice } from '../index-price/rate-limited-price.ts'
import type { RedemptionRatio } from '../index-price/redemption.ts'

/** What an asset's index price comes from, and how far it is to be relied on (rules X1 to X3). */
export interface IndexState {
  /** A price declared for the asset: it stands in place of all sources. */
  declared: SourceQuote | null
  /** By source. */
  readonly quotes: (SourceQuote | null)[]
  /** Rule X2; null: the asset has an index of its own. */
  redemption: RedemptionRatio | null
  standing: IndexStanding
  /** By source, the venue's own trades last. */
  sources: readonly SourceStanding[]
  /** When time alone will change the standing; infinity: never. */
  untilMs: number
  /** Since when it has not been good; null: it is, or is missing. */
  heldSinceMs: TimestampMs | null
  /** Held for longer than the policy allows. */
  isOverdue: boolean
  /** An operator let liquidations go on at the index as it is. */
  isReleased: boolean
  /** Rule C4; null: there is no index price yet. */
  rateLimited: RateLimitedPrice | null
}

export function createIndexes(venue: Venue, nowMs: number): IndexState[] {
  const { sources } = venue.policy.indexPrice
  return venue.assets.map(({ index, redemption }) => ({
    declared: null,
    quotes: sources.map(() => null),
    redemption: redemption && { ratio: redemption.ratio, sinceMs: nowMs },
    standing: index === venue.usdt ? 'GOOD' : 'MISSING',
    sources: new Array<SourceStanding>(sources.length + 1).fill('SILENT'),
    untilMs: Number.POSITIVE_INFINITY,
    heldSinceMs: null,
    isOverdue: false,
    isReleased: false,
    rateLimited: null,
  }))
}

/** When the asset's price was said last; null: never. */
export function updatedMsOf({ declared, quotes }: IndexState): TimestampMs | null {
  const said = declared === null ? quotes : [declared]
  let latest: number | null = null
  for (const quote of said) {
    if (quote !== null && quote.updatedMs > (latest ?? 0)) latest = quote.updatedMs
  }
  return latest as TimestampMs | null
}

/** When the next index changes by time alone: a source falls silent, or a hold reaches its limit. */
export function nextIndexChangeMs(
  indexes: readonly IndexState[],
  { holdMaxMs }: IndexPricePolicy,
): number {
  let next = Number.POSITIVE_INFINITY
  for (const { untilMs, heldSinceMs, isOverdue } of indexes) {
    next = Math.min(next, untilMs)
    if (heldSinceMs !== null && !isOverdue) next = Math.min(next, heldSinceMs + holdMaxMs)
  }
  return next
}
