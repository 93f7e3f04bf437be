import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Command } from '../../src/core/domain/command.ts'
import type { Event } from '../../src/core/domain/event.ts'
import type { AssetIndex, SymbolIndex, UserId } from '../../src/core/domain/ids.ts'
import { assertSound } from '../../src/core/engine/invariants.ts'
import { encodeState } from '../../src/core/engine/snapshot.ts'
import { all } from '../../src/core/engine/test-exchange.ts'
import type { Amount } from '../../src/core/money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../../src/core/money/price.ts'
import { Session } from '../../src/sim/session.ts'
import { plainVenue } from './liquidation-stage.ts'

const ACCOUNTS = 1_000
const MAKER = 1 as UserId
const ORDERS_PER_COMMAND = 40

const amount = (text: number) => BigInt(Math.round(text * 1e8)) as Amount

/**
 * 1,000 accounts long BTC, each owing 10,000 USDT, whose levels at 20,000 are 1.101, 1.1012 and so on. They borrowed at
 * 25,000, and nothing has a fee or interest, so that every level is exact.
 */
class Cascade {
  readonly session = new Session(Date.UTC(2026, 0, 1))
  readonly btc: AssetIndex
  readonly #usdt: AssetIndex
  readonly #symbol: SymbolIndex
  readonly #tick: number

  constructor() {
    const plain = plainVenue({ liquidation: { ordersPerCommand: ORDERS_PER_COMMAND } })
    const pool = { supply: '100000000', reserve: '0' }
    const assets = plain.assets.map((asset) =>
      asset.code === 'USDT' ? { ...asset, pool, venueBorrowCap: pool.supply } : asset,
    )
    this.session.submit({ type: 'OpenVenue', document: { ...plain, assets } })
    const { venue } = this.session.state
    this.btc = venue?.assetByCode.get('BTC')?.index as AssetIndex
    this.#usdt = venue?.assetByCode.get('USDT')?.index as AssetIndex
    const symbol = venue?.symbolByName.get('BTCUSDT')
    this.#symbol = symbol?.index as SymbolIndex
    this.#tick = Number(symbol?.tickSize) / 1e8
    this.must({ type: 'CreateUser' })
    for (const asset of [this.btc, this.#usdt]) {
      const sum = amount(asset === this.btc ? 10_000 : 100_000_000)
      this.must({ type: 'Deposit', userId: MAKER, wallet: 'SPOT', asset, amount: sum })
    }
    this.index(25_000)
    for (let account = 0; account < ACCOUNTS; account += 1) {
      if (account % 100 === 0) this.quote(24_999, 25_000, 50)
      this.#open(account)
    }
  }

  must(command: Command): readonly Event[] {
    const { refusal, events } = this.session.submit(command)
    expect(refusal).toBeNull()
    return events
  }

  index(price: number): readonly Event[] {
    const prices = [[this.btc, amount(price) as bigint as IndexPrice]] as const
    return this.must({ type: 'SetIndexPrices', prices })
  }

  quote(bid: number, ask: number, quantity: number): void {
    const step = Number(this.session.state.venue?.symbols[this.#symbol]?.stepSize) / 1e8
    const level = (price: number) =>
      [Math.round(price / this.#tick) as Ticks, Math.round(quantity / step) as Lots] as const
    const symbol = this.#symbol
    const [bids, asks] = quantity === 0 ? [[], []] : [[level(bid)], [level(ask)]]
    this.must({ type: 'MassQuote', userId: MAKER, symbol, bids, asks })
  }

  #open(account: number): void {
    const userId = (account + 2) as UserId
    const version = this.session.state.venue?.policy.disclosureVersion ?? ''
    const own = amount(0.1505 + account * 0.0001)
    const wallet = 'CROSS_MARGIN'
    this.must({ type: 'CreateUser' })
    this.must({ type: 'Deposit', userId, wallet, asset: this.btc, amount: own })
    this.must({ type: 'BackdateFunding', userId, days: 8 })
    this.must({ type: 'SubmitKyc', userId })
    this.must({ type: 'ReviewKyc', userId, decision: 'APPROVED', reason: '', reviewer: 'test' })
    this.must({ type: 'AcceptDisclosure', userId, version })
    this.must({ type: 'SetMarginMode', userId, mode: 'CROSS' })
    this.must({ type: 'Borrow', userId, pair: null, asset: this.#usdt, amount: amount(10_000) })
    this.must({
      type: 'PlaceOrder',
      userId,
      wallet,
      symbol: this.#symbol,
      side: 'BUY',
      orderType: 'LIMIT',
      timeInForce: 'IOC',
      price: Math.round(25_000 / this.#tick) as Ticks,
      lots: Math.round(
        0.4 / (Number(this.session.state.venue?.symbols[this.#symbol]?.stepSize) / 1e8),
      ) as Lots,
      quoteQuantity: amount(0),
      stopPrice: 0 as Ticks,
      trailingBips: 0,
      icebergLots: 0 as Lots,
      strategyId: null,
      strategyType: null,
      clientOrderId: `open-${account}`,
      sideEffect: 'NO_SIDE_EFFECT',
      autoRepayAtCancel: true,
      selfTradePrevention: 'NONE',
    })
  }
}

test.each([
  ['a deep book', 50, 'closed'],
  ['a thin book', 1, 'taken_over'],
  ['no book', 0, 'taken_over'],
] as const)(
  'Q1 Q2 Q3 Q8 of 1,000 accounts a fall of 5 %% takes exactly the 285 it must, over %s, paced',
  (_what, depth, last) => {
    const run = () => {
      const cascade = new Cascade()
      cascade.quote(19_000, 19_001, 0)
      const calm = cascade.index(20_000)
      expect(all(calm, 'LiquidationStarted')).toEqual([])
      cascade.quote(18_999, 19_001, depth)
      const outcomes = [cascade.index(19_000)]
      const running = () => cascade.session.state.liquidations.size
      for (let second = 0; running() > 0 && second < 100; second += 1) {
        cascade.session.at(cascade.session.nowMs + (depth === 50 ? 1_000 : 10_000))
        // A quote that says the same as before stands as it is: taken away, it comes back whole.
        cascade.quote(18_999, 19_001, 0)
        cascade.quote(18_999, 19_001, depth)
        outcomes.push(cascade.index(19_000))
      }
      assertSound(cascade.session.state)
      return {
        outcomes,
        hash: createHash('sha256').update(encodeState(cascade.session.state)).digest('hex'),
      }
    }
    const { outcomes, hash } = run()
    const started = outcomes.flatMap((events) => all(events, 'LiquidationStarted'))
    expect(started.map(({ userId }) => userId)).toEqual(
      Array.from({ length: 285 }, (_, i) => i + 2),
    )
    expect(all(outcomes[0] ?? [], 'LiquidationStarted')).toHaveLength(285)
    const finished = outcomes.map((events) => all(events, 'LiquidationFinished'))
    for (const events of outcomes) {
      const orders = all(events, 'LiquidationOrderClosed').length
      const takeovers = all(events, 'LiquidationTakenOver').length
      expect(orders + takeovers).toBeLessThanOrEqual(ORDERS_PER_COMMAND)
    }
    const order = finished.flat().map(({ userId }) => userId)
    // Whoever a thin book took in part stands elsewhere among the levels afterwards.
    const byLevel = depth === 0 ? order : order.sort((a, b) => a - b)
    expect(byLevel).toEqual(started.map(({ userId }) => userId))
    expect(finished.flat().map(({ outcome }) => outcome)).toContain(last)
    expect(finished.flat().every(({ fundPaid }) => fundPaid === 0n)).toBe(true)
    expect(run().hash).toBe(hash)
  },
)
