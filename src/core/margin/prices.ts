import type { AssetIndex } from '../domain/ids.ts'
import type { IndexPrice } from '../money/price.ts'

/** Index prices by asset index, null where there is none. USDT is always exactly one. */
export type Prices = readonly (IndexPrice | null)[]

export function priceOf(prices: Prices, asset: AssetIndex): IndexPrice | null {
  return prices[asset] ?? null
}
