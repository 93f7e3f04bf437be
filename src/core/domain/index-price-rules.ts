import { AMOUNT_DECIMALS } from '../money/amount.ts'
import { RATE_DECIMALS, RATE_SCALE } from '../money/rate.ts'
import type { Fault } from './document-shape.ts'
import {
  decimalText,
  listOf,
  matching,
  nullable,
  objectOf,
  optional,
  positiveInteger,
} from './document-shape.ts'
import type { AssetDocument, IndexPriceDocument } from './venue-document.ts'

/** What holds of index prices where a policy is silent. */
export const INDEX_PRICE_DEFAULT: IndexPriceDocument = {
  sources: [],
  minimumLiveSources: 2,
  ownTradesWeight: null,
  clampBand: '0.05',
  silenceMaxMs: 10_000,
  holdMaxMs: 300_000,
  rateLimitPerHour: '0.06',
}

const sourceName = matching(
  /^[a-z][a-z0-9-]{0,29}$/,
  'a small letter, then letters, digits, hyphens',
)
const weight = decimalText(AMOUNT_DECIMALS, 1n, 10n ** 14n)

/** Rules X1, X3 and C4 as a policy states them. */
export const indexPriceShape = objectOf({
  sources: optional(listOf(objectOf({ name: sourceName, weight }))),
  minimumLiveSources: optional(positiveInteger),
  ownTradesWeight: optional(nullable(decimalText(RATE_DECIMALS, 1n, RATE_SCALE / 10n))),
  clampBand: optional(decimalText(RATE_DECIMALS, 1n, RATE_SCALE - 1n)),
  silenceMaxMs: optional(positiveInteger),
  holdMaxMs: optional(positiveInteger),
  rateLimitPerHour: optional(nullable(decimalText(RATE_DECIMALS, 1n, RATE_SCALE))),
})

/** Rule X2 as an asset states it. */
export const redemptionShape = objectOf({
  underlying: matching(/^[A-Z0-9]{2,20}$/, '2 to 20 capital letters or digits'),
  ratio: decimalText(RATE_DECIMALS, 1n, RATE_SCALE * 1_000_000n),
  movePerDayMax: decimalText(RATE_DECIMALS, 1n, RATE_SCALE),
})

/** Sources stand for different markets: one name twice would weigh double. */
export function sourceFaults({ sources = [] }: Partial<IndexPriceDocument>): Fault[] {
  return sources.flatMap(({ name }, index) => {
    const first = sources.findIndex((other) => other.name === name)
    const path = `policy.indexPrice.sources[${index}].name`
    return first === index ? [] : [{ path, message: `${name} is already sources[${first}]` }]
  })
}

/** Rule X2: an underlying is another asset, with an index of its own. */
export function redemptionFaults(assets: readonly AssetDocument[]): Fault[] {
  return assets.flatMap(({ code, redemption }, index) => {
    if (redemption === undefined) return []
    const path = `assets[${index}].redemption.underlying`
    const underlying = assets.find((other) => other.code === redemption.underlying)
    if (underlying === undefined) {
      return [{ path, message: `${redemption.underlying} is not among the assets` }]
    }
    if (code === underlying.code) return [{ path, message: 'must be another asset' }]
    return underlying.redemption === undefined
      ? []
      : [{ path, message: `${underlying.code} has no index of its own` }]
  })
}
