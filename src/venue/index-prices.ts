import type { AssetIndex } from '../core/domain/ids.ts'
import type { IndexPrice } from '../core/money/price.ts'
import type { FeedPrices } from '../server/feed/feed.ts'
import { indexPricesOf } from '../server/feed/feed.ts'
import type { Sequencer } from '../server/sequencer/sequencer.ts'

type PriceList = readonly (readonly [AssetIndex, IndexPrice])[]

/** Told of every price that is in force, in the engine's units. */
export type PriceListener = (prices: PriceList) => void

/**
 * The one way index prices reach the venue: what a feed says, unless the sandbox has pinned the asset. Prices are sent
 * again as they are when time was moved, so that none counts as old for that.
 */
export class IndexPrices {
  readonly #sequencer: Sequencer
  readonly #listeners: PriceListener[] = []
  readonly #fed = new Map<AssetIndex, IndexPrice>()
  readonly #pinned = new Map<AssetIndex, IndexPrice>()
  /** Pinned with the books left where they are: market makers are not told. */
  readonly #unfollowed = new Set<AssetIndex>()
  #sending: Promise<unknown> | null = null

  constructor(sequencer: Sequencer) {
    this.#sequencer = sequencer
  }

  onPrices(listener: PriceListener): void {
    this.#listeners.push(listener)
  }

  /** A feed's tick. One is in flight at a time; what comes meanwhile goes with the next. */
  feed(prices: FeedPrices): void {
    for (const [asset, price] of indexPricesOf(this.#sequencer.venue, prices)) {
      this.#fed.set(asset, price)
    }
    if (this.#sending !== null) return
    this.#sending = this.send()
      .catch(() => undefined)
      .finally(() => {
        this.#sending = null
      })
  }

  async pin(prices: PriceList, market: 'follow' | 'leave'): Promise<void> {
    for (const [asset, price] of prices) {
      this.#pinned.set(asset, price)
      if (market === 'leave') this.#unfollowed.add(asset)
      else this.#unfollowed.delete(asset)
    }
    await this.send()
  }

  async unpin(): Promise<void> {
    this.#pinned.clear()
    this.#unfollowed.clear()
    await this.send()
  }

  /** All prices in force, as one command. */
  async send(): Promise<void> {
    const prices = this.#inForce()
    if (prices.length === 0) return
    const followed = prices.filter(([asset]) => !this.#unfollowed.has(asset))
    for (const listener of this.#listeners) listener(followed)
    await this.#sequencer.submit({ type: 'SetIndexPrices', prices })
  }

  #inForce(): PriceList {
    const merged = new Map([...this.#fed, ...this.#pinned])
    return [...merged].sort(([a], [b]) => a - b)
  }
}
