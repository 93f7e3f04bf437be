import type { AssetIndex } from '../domain/ids.ts'
import type { IndexPrice } from '../money/price.ts'

/** Index prices by asset index, null where there is none. USDT is always exactly one. */
export type Prices = readonly (IndexPrice | null)[]

/** Two price lists that what is so lies between (rule C4): new risk counts what is held at one, what is owed at the other. */
export interface RiskPrices {
  readonly held: Prices
  readonly owed: Prices
}

export function priceOf(prices: Prices, asset: AssetIndex): IndexPrice | null {
  return prices[asset] ?? null
}
