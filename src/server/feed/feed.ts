import type { AssetIndex } from '../../core/domain/ids.ts'
import type { Venue } from '../../core/domain/venue.ts'
import type { IndexPrice } from '../../core/money/price.ts'
import { INDEX_PRICE_DECIMALS } from '../../core/money/price.ts'

/** USDT prices of assets as decimal text, by asset code. */
export type FeedPrices = readonly (readonly [assetCode: string, decimalText: string])[]

/** A stream of index prices. `timeMs` is given by sources that carry their own time. */
export interface Feed {
  start(onPrices: (prices: FeedPrices, timeMs?: number) => void): void
  stop(): void
}

/** A feed's prices in the venue's units; assets the venue does not have, and USDT itself, are left out. */
export function indexPricesOf(
  venue: Venue,
  prices: FeedPrices,
): readonly (readonly [AssetIndex, IndexPrice])[] {
  const found: (readonly [AssetIndex, IndexPrice])[] = []
  for (const [code, text] of prices) {
    const asset = venue.assetByCode.get(code)
    if (asset === undefined || asset.index === venue.usdt) continue
    const price = indexPriceOf(text)
    if (price !== null) found.push([asset.index, price])
  }
  return found
}

/** Decimal text as an index price, digits past the eighth place dropped; null unless positive and well formed. */
export function indexPriceOf(text: string): IndexPrice | null {
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(text)
  if (match === null) return null
  const fraction = (match[2] ?? '').slice(0, INDEX_PRICE_DECIMALS).padEnd(INDEX_PRICE_DECIMALS, '0')
  const price = BigInt(`${match[1]}${fraction}`)
  return price > 0n ? (price as IndexPrice) : null
}
