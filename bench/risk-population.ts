import type { AccountId, AssetIndex, Sequence, TimestampMs } from '../src/core/domain/ids.ts'
import { apply, createState } from '../src/core/engine/engine.ts'
import type { ExchangeState } from '../src/core/engine/state.ts'
import { openUser } from '../src/core/engine/state.ts'
import { VENUE_ACCOUNT } from '../src/core/ledger/chart.ts'
import type { Prices } from '../src/core/margin/prices.ts'
import type { IndexPrice } from '../src/core/money/price.ts'
import { Prng } from '../src/server/feed/prng.ts'
import { loadProfile } from '../src/venue/profile.ts'

const START_MS = 1_767_225_600_000 as TimestampMs
const ASSETS_EACH = 10
const BTC_PRICE = 3_000_000_000_000n as IndexPrice
/** Other coins are worth from 1 to so many USDT: of none does the population hold more than the ledger can count. */
const COIN_PRICE_MAX = 3_000
const LONG_OF_100 = 70
const UNIT = 100_000_000

export interface PopulationOptions {
  readonly accounts: number
  /** The first so many hold little but BTC and owe so much USDT that a fall of BTC by 30 % brings them down. */
  readonly fragile: number
  readonly seed: number
}

/**
 * A venue with cross margin accounts of ten assets each, worth 1,000 to 5,000 USDT, loaded into the engine's own state:
 * a million accounts opened by commands would take minutes. Of each hundred, 70 owe USDT, 30 are short of a coin. Levels
 * T / D lie evenly between 1.17, just above the margin call, and 4.
 */
export class RiskPopulation {
  readonly state: ExchangeState = createState()
  readonly btc: AssetIndex
  readonly #prng: Prng
  readonly #coins: AssetIndex[]
  readonly #totals: { readonly held: bigint[]; readonly owed: bigint[] }

  constructor({ accounts, fragile, seed }: PopulationOptions) {
    this.#prng = new Prng(seed)
    const classic = loadProfile('classic')
    const policy = { ...classic.policy, insuranceFund: {} }
    const document = { ...classic, policy }
    this.#apply({ type: 'OpenVenue', document })
    const assets = this.state.venue?.assets ?? []
    this.btc = assets.find(({ code }) => code === 'BTC')?.index as AssetIndex
    this.#coins = assets.filter(({ code }) => code !== 'USDT' && code !== 'BTC').map((a) => a.index)
    this.#totals = { held: assets.map(() => 0n), owed: assets.map(() => 0n) }
    this.#apply({
      type: 'SetIndexPrices',
      prices: [
        [this.btc, BTC_PRICE],
        ...this.#coins.map(
          (asset) =>
            [asset, BigInt(UNIT * (1 + this.#prng.below(COIN_PRICE_MAX))) as IndexPrice] as const,
        ),
      ],
    })
    for (let n = 0; n < accounts; n += 1) this.#open(n < fragile)
    this.#balance()
  }

  /** The BTC index moves by so many parts in 10,000; how long the engine took, in ms, and what came of it. */
  tick(parts: number) {
    const price = this.pricesAfter(parts)[this.btc] as IndexPrice
    const before = this.state.watchlist.measured
    const started = performance.now()
    const { events } = this.#apply({ type: 'SetIndexPrices', prices: [[this.btc, price]] })
    const ms = performance.now() - started
    return { ms, events, measured: this.state.watchlist.measured - before }
  }

  /** Ticks without a move until every account is watched; how long all of them took, in ms. */
  settle(): number {
    let { ms } = this.tick(0)
    while (this.state.watchlist.due > this.state.called.size + this.state.liquidations.size) {
      ms += this.tick(0).ms
    }
    return ms
  }

  /** All index prices once BTC has so moved. */
  pricesAfter(parts: number): Prices {
    const now = this.state.prices[this.btc] as IndexPrice
    const moved = ((now * BigInt(10_000 + parts)) / 10_000n) as IndexPrice
    return this.state.prices.with(this.btc, moved)
  }

  #apply(command: Parameters<typeof apply>[1]['command']) {
    const sequence = (this.state.sequence + 1) as Sequence
    return apply(this.state, { sequence, timestampMs: START_MS, command })
  }

  #open(fragile: boolean): void {
    const user = openUser(this.state)
    user.kyc = 'APPROVED'
    user.mode = 'CROSS'
    const account = user.accounts.CROSS_MARGIN
    const worth = 1_000 + this.#prng.below(4_000)
    const held = this.#held(worth, fragile)
    // At 70 % of nearly all it has, a fragile account of 1.3 to 1.5 is between 0.92 and 1.07.
    const level = fragile ? 1.3 + this.#prng.below(2_000) / 10_000 : this.#level()
    const long = fragile || this.#prng.below(100) < LONG_OF_100
    const usdt = this.state.venue?.usdt as AssetIndex
    const debt = long ? usdt : (held[1 + this.#prng.below(held.length - 1)] as Holding).asset
    const owed = this.#amountOf(debt, worth / level)
    for (const { asset, amount } of held.toSorted((a, b) => a.asset - b.asset)) {
      this.#load(account, asset, amount, asset === debt ? owed : 0n)
    }
    this.state.indebted.add(account)
    this.state.watchlist.note(account)
  }

  #level(): number {
    return 1.17 + this.#prng.below(28_300) / 10_000
  }

  /** USDT, BTC and eight coins, in random shares; a fragile account has 99 % in BTC. */
  #held(worth: number, fragile: boolean): Holding[] {
    const first = this.#prng.below(this.#coins.length)
    const coins = Array.from(
      { length: ASSETS_EACH - 2 },
      (_, n) => this.#coins[(first + n) % this.#coins.length] as AssetIndex,
    )
    const assets = [this.state.venue?.usdt as AssetIndex, this.btc, ...coins]
    const weights = assets.map((asset) => {
      if (!fragile) return 1 + this.#prng.below(20)
      return asset === this.btc ? 99 * (ASSETS_EACH - 1) : 1
    })
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return assets.map((asset, at) => ({
      asset,
      amount: this.#amountOf(asset, (worth * (weights[at] as number)) / sum),
    }))
  }

  #amountOf(asset: AssetIndex, usdt: number): bigint {
    const price = Number(this.state.prices[asset]) / UNIT
    return BigInt(Math.ceil((usdt / price) * UNIT))
  }

  #load(account: AccountId, asset: AssetIndex, held: bigint, owed: bigint): void {
    this.state.ledger.load(account, asset, [held, 0n, -owed, 0n])
    this.#totals.held[asset] = (this.#totals.held[asset] as bigint) + held
    this.#totals.owed[asset] = (this.#totals.owed[asset] as bigint) + owed
  }

  /** What the accounts hold came from outside, and what they owe is owed to the pools. */
  #balance(): void {
    const { ledger } = this.state
    for (const [at, held] of this.#totals.held.entries()) {
      const asset = at as AssetIndex
      const { external, loans } = VENUE_ACCOUNT
      ledger.load(external, asset, [ledger.balance(external, asset, 0) - held, 0n, 0n, 0n])
      ledger.load(loans, asset, [this.#totals.owed[at] as bigint, 0n, 0n, 0n])
    }
    ledger.assertBalanced()
  }
}

interface Holding {
  readonly asset: AssetIndex
  readonly amount: bigint
}
