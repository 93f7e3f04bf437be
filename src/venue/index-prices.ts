import type { AssetIndex } from '../core/domain/ids.ts'
import { redemptionPrice } from '../core/index-price/redemption.ts'
import type { IndexPrice } from '../core/money/price.ts'
import type { FeedPrices } from '../server/feed/feed.ts'
import { indexPricesOf } from '../server/feed/feed.ts'
import type { Sequencer } from '../server/sequencer/sequencer.ts'

type PriceList = readonly (readonly [AssetIndex, IndexPrice])[]

/** Told of every price that is in force, in the engine's units. */
export type PriceListener = (prices: PriceList) => void

/**
 * The one way index prices reach the venue: what a feed says is declared, or what a source of the policy says is said by
 * it, unless the sandbox has pinned the asset, gives its sources by hand or has silenced it. Prices are sent again as they are when time was moved, so that none counts as
 * old for that.
 */
export class IndexPrices {
  readonly #sequencer: Sequencer
  readonly #listeners: PriceListener[] = []
  readonly #fed = new Map<AssetIndex, IndexPrice>()
  readonly #pinned = new Map<AssetIndex, IndexPrice>()
  /** Pinned with the books left where they are: market makers are not told. */
  readonly #unfollowed = new Set<AssetIndex>()
  /** Whose sources somebody gives by hand: nothing is declared for them. */
  readonly #sourced = new Set<AssetIndex>()
  /** Nothing is sent for them: their index falls stale. */
  readonly #silenced = new Set<AssetIndex>()
  /** Pinned or let go since the last sending: a scene is set, and the second price starts anew with it (rule C4). */
  readonly #restarted = new Set<AssetIndex>()
  #sending: Promise<unknown> | null = null
  #sentMs = 0
  /** Sources whose last word is still on its way; what they say meanwhile goes with the next. */
  readonly #speaking = new Set<string>()

  constructor(sequencer: Sequencer) {
    this.#sequencer = sequencer
  }

  /** When they were sent last, by the venue's clock. */
  get sentMs(): number {
    return this.#sentMs
  }

  onPrices(listener: PriceListener): void {
    this.#listeners.push(listener)
  }

  /** A feed's tick. One is in flight at a time; what comes meanwhile goes with the next. */
  feed(prices: FeedPrices): void {
    const { venue } = this.#sequencer
    for (const [asset, price] of indexPricesOf(venue, prices)) {
      // What is redeemed for another asset has no price of its own (rule X2).
      if (venue.assets[asset]?.redemption === null) this.#fed.set(asset, price)
    }
    if (this.#sending !== null) return
    this.#sending = this.send()
      .catch(() => undefined)
      .finally(() => {
        this.#sending = null
      })
  }

  /** A tick of one of the policy's sources, by itself. What it tells is declared no more, but for what is pinned. */
  feedSource(source: string, prices: FeedPrices): void {
    if (this.#speaking.has(source)) return
    this.#speaking.add(source)
    const said = indexPricesOf(this.#sequencer.venue, prices).filter(
      ([asset]) => !this.#sourced.has(asset) && !this.#silenced.has(asset),
    )
    void this.#speak(source, said)
      .catch(() => undefined)
      .finally(() => this.#speaking.delete(source))
  }

  async #speak(source: string, said: PriceList): Promise<void> {
    if (said.length === 0) return
    await this.#sequencer.submit({ type: 'SetSourcePrices', source, prices: said })
    const declared = said.map(([asset]) => asset).filter((asset) => this.#fed.delete(asset))
    await this.#withdraw(declared.filter((asset) => !this.#pinned.has(asset)))
    const indexes = this.#sequencer.ask('indexPrices', {})
    this.#tell(
      said.flatMap(([asset]) => {
        const price = indexes[asset]?.price ?? null
        return price === null ? [] : [[asset, price] as const]
      }),
    )
  }

  async pin(prices: PriceList, market: 'follow' | 'leave'): Promise<void> {
    for (const [asset, price] of prices) {
      if (!this.#pinned.has(asset)) this.#restarted.add(asset)
      this.#pinned.set(asset, price)
      this.#sourced.delete(asset)
      if (market === 'leave') this.#unfollowed.add(asset)
      else this.#unfollowed.delete(asset)
    }
    await this.send()
  }

  /** Back to the feed, for every asset that was pinned or whose sources were given by hand. */
  async unpin(): Promise<void> {
    const withdrawn = [...this.#pinned.keys()].filter((asset) => !this.#fed.has(asset))
    for (const asset of [...this.#pinned.keys(), ...this.#sourced]) this.#restarted.add(asset)
    this.#pinned.clear()
    this.#unfollowed.clear()
    this.#sourced.clear()
    await this.#withdraw(withdrawn)
    await this.send()
  }

  /** One source's prices by hand: no feed speaks for these assets any more. */
  async say(source: string, prices: PriceList): Promise<void> {
    const inForce = new Set(this.#inForce().map(([asset]) => asset))
    for (const [asset] of prices) {
      this.#sourced.add(asset)
      this.#pinned.delete(asset)
    }
    await this.#sequencer.submit({ type: 'SetSourcePrices', source, prices })
    await this.#withdraw(prices.map(([asset]) => asset).filter((asset) => inForce.has(asset)))
  }

  async #withdraw(assets: readonly AssetIndex[]): Promise<void> {
    if (assets.length === 0) return
    const prices = assets.map((asset) => [asset, null] as const)
    await this.#sequencer.submit({ type: 'SetIndexPrices', prices })
  }

  silence(assets: readonly AssetIndex[]): void {
    for (const asset of assets) this.#silenced.add(asset)
  }

  async unsilence(): Promise<void> {
    this.#silenced.clear()
    await this.send()
  }

  /** All prices in force, as one command. */
  async send(): Promise<void> {
    const prices = this.#inForce()
    if (prices.length === 0) return
    this.#tell(prices)
    const declared = prices.flatMap(([asset, price]) => {
      const restarts = this.#restarted.delete(asset)
      return restarts
        ? [[asset, null] as const, [asset, price] as const]
        : [[asset, price] as const]
    })
    await this.#sequencer.submit({ type: 'SetIndexPrices', prices: declared })
    this.#sentMs = this.#sequencer.nowMs()
  }

  #tell(prices: PriceList): void {
    const followed = prices.filter(([asset]) => !this.#unfollowed.has(asset))
    const told = [...followed, ...this.#redeemed(followed)]
    for (const listener of this.#listeners) listener(told)
  }

  #inForce(): PriceList {
    const merged = new Map([...this.#fed, ...this.#pinned])
    return [...merged]
      .filter(([asset]) => !this.#sourced.has(asset) && !this.#silenced.has(asset))
      .sort(([a], [b]) => a - b)
  }

  /** What the assets are worth that are redeemed for one of these (rule X2). */
  #redeemed(prices: PriceList): PriceList {
    const priced = new Map(prices)
    const details = this.#sequencer.ask('indexDetails', {})
    return this.#sequencer.venue.assets.flatMap(({ index, redemption }) => {
      const underlying = redemption === null ? undefined : priced.get(redemption.underlying)
      const ratio = details[index]?.ratio ?? null
      if (underlying === undefined || ratio === null) return []
      return [[index, redemptionPrice(ratio, underlying)] as const]
    })
  }
}
