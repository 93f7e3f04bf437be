import { expect } from 'vitest'
import type { VenueDocument } from '../../../src/core/domain/venue-document.ts'
import { valuationOf } from '../../../src/core/engine/standing.ts'
import type { TestExchange } from '../../../src/core/engine/test-exchange.ts'
import { all, amountOf, only } from '../../../src/core/engine/test-exchange.ts'
import { VENUE_ACCOUNT } from '../../../src/core/ledger/chart.ts'
import { equityOf } from '../../../src/core/margin/valuation.ts'
import { usdtFloor } from '../../../src/core/money/price.ts'
import type { Incident } from './incident.ts'
import { plainVenue, withPolicy, withSymbol } from './incident.ts'

/** Sells a multimillion order into a thin book, with stops and margin accounts behind it. */
export const GDAX: Incident = {
  code: 'S01',
  title: 'one order sweeps the book; stops and margin accounts cascade to 0.10',
  missing: null,
  without: [
    {
      rule: 'T18 the execution band',
      breaks: 'nothing trades below the band',
      document: withoutBand,
    },
  ],
  play: (open) => {
    const exchange = open(sweptVenue('0.9'))
    const debtors = Array.from({ length: 20 }, () => ethOnLoan(exchange, 10, 2_600))
    exchange.prices({ ETH: '320' })
    const level = () =>
      debtors.map((userId) => exchange.ask('marginAccount', { userId }).standing.marginLevel)
    expect(level()).toEqual(debtors.map(() => '1.23076923'))

    const maker = exchange.stranger({ SPOT: { USDT: '10000000' } })
    const bids = [
      [100, '317.81'],
      [200, '300'],
      [500, '224.48'],
      [3_200, '0.1'],
    ] as const
    for (const [quantity, price] of bids) {
      exchange.must(exchange.order(maker, `BUY ${quantity} ETHUSDT @ ${price}`, { wallet: 'SPOT' }))
    }
    const holder = exchange.stranger({ SPOT: { ETH: '800' } })
    for (let n = 0; n < 800; n += 1) {
      const stop = exchange.order(holder, 'SELL 1 ETHUSDT', { wallet: 'SPOT' })
      const stopPrice = exchange.order(holder, 'SELL 1 ETHUSDT @ 310').price
      exchange.must({ ...stop, orderType: 'STOP_LOSS', stopPrice })
    }
    const whale = exchange.stranger({ SPOT: { ETH: '5000' } })
    const swept = exchange.must(exchange.order(whale, 'SELL 5000 ETHUSDT', { wallet: 'SPOT' }))
    const events = [...swept.events]
    // What one command may set off is bounded; the rest of the stops follow with the next.
    for (let n = 0; n < 10; n += 1) events.push(...exchange.pass(1).events)

    const trades = all(events, 'TradeExecuted').map(({ price, lots }) => [price, lots / 10_000])
    expect(trades, 'nothing trades below the band').toEqual([
      [31_781, 100],
      [30_000, 200],
    ])
    const activated = all(events, 'OrderActivated').map(({ order }) => order.id)
    expect(new Set(activated).size).toBe(activated.length)
    expect(activated).toHaveLength(800)
    expect(all(events, 'LiquidationStarted')).toEqual([])
    expect(level()).toEqual(debtors.map(() => '1.23076923'))
    expect(exchange.ask('balances', { userId: whale, wallet: 'SPOT' })).toContainEqual(
      expect.objectContaining({ asset: exchange.asset('ETH'), free: amountOf('4700') }),
    )
  },
}

function sweptVenue(below: string): VenueDocument {
  const percentPrice = { bidUp: '10', bidDown: '0.0001', askUp: '10', askDown: '0.0001' }
  const executionBand = { bidUp: '1.1', bidDown: below, askUp: '1.1', askDown: below }
  return withSymbol(plainVenue({ trading: { maximumAlgoOrders: 1_000 } }), 'ETHUSDT', {
    percentPrice,
    marketMaximumQuantity: '9000',
    maximumOpenOrders: 1_000,
    orderRules: { executionBand, maximumAlgoOrders: 1_000 },
  })
}

function withoutBand(document: VenueDocument): VenueDocument {
  return withSymbol(document, 'ETHUSDT', {
    orderRules: { executionBand: null, maximumAlgoOrders: 1_000 },
  })
}

/** A margin account that holds so much ETH bought at 330, and owes so much USDT. */
function ethOnLoan(exchange: TestExchange, ether: number, owed: number) {
  exchange.prices({ ETH: '330' })
  const userId = exchange.user({ CROSS_MARGIN: { USDT: `${ether * 330 - owed}` } })
  const maker = exchange.stranger({ SPOT: { ETH: `${ether}` } })
  exchange.must(exchange.order(maker, `SELL ${ether} ETHUSDT @ 330`, { wallet: 'SPOT' }))
  exchange.must(exchange.order(userId, `BUY ${ether} ETHUSDT @ 330`, { sideEffect: 'MARGIN_BUY' }))
  return userId
}

/** One offer at 250 times the price is all the book has when a margin account must buy back. */
export const QUOINE: Incident = {
  code: 'S03',
  title: 'the market maker is gone, and the only offer stands at 250 times the price',
  missing: null,
  without: [
    {
      rule: 'Q3 the fund takes over at index price',
      breaks: 'the fund takes the debt over',
      document: (document) => withPolicy(document, { takeoverAfterMs: 864_000_000 }),
    },
  ],
  play: (open) => {
    const exchange = open(
      withSymbol(plainVenue({ insuranceFund: { USDT: '5000000' } }), 'ETHUSDT', {
        percentPrice: WIDE,
        maximumNotional: '100000000',
      }),
    )
    exchange.prices({ BTC: '30000', ETH: '900' })
    const buyer = exchange.stranger({ SPOT: { BTC: '10' } })
    exchange.must(exchange.order(buyer, 'BUY 309.25 ETHBTC @ 0.03', { wallet: 'SPOT' }))
    const borrower = exchange.user({ CROSS_MARGIN: { BTC: '4.3225' } })
    const short = exchange.order(borrower, 'SELL 309.25 ETHBTC @ 0.03', {
      sideEffect: 'MARGIN_BUY',
    })
    exchange.must(short)
    expect(exchange.balance(borrower, 'CROSS_MARGIN', 'BTC')).toBe('13.6 / 0 / 0 / 0')
    expect(exchange.balance(borrower, 'CROSS_MARGIN', 'ETH')).toBe('0 / 0 / 309.25 / 0')

    exchange.must(exchange.order(buyer, 'SELL 309.25 ETHUSDT @ 300000', { wallet: 'SPOT' }))
    const fundBefore = fundEquity(exchange)
    const events = [...exchange.prices({ BTC: '30000', ETH: '1200' }).events]
    expect(only(events, 'LiquidationStarted')).toMatchObject({ level: '1.09943411' })
    events.push(...exchange.pass(59_999).events)
    expect(exchange.ask('user', { userId: borrower })?.liquidating).toBe(true)
    events.push(...exchange.pass(1).events)
    expect(all(events, 'TradeExecuted')).toEqual([])
    const taken = all(events, 'LiquidationTakenOver').flatMap(({ debts }) => debts)
    expect(taken, 'the fund takes the debt over').toEqual([
      [exchange.asset('ETH'), amountOf('309.25')],
    ])
    expect(exchange.ask('user', { userId: borrower })?.liquidating).toBe(false)
    // 408,000 less 371,100 is the borrower's, less 2 % of what was liquidated: that is all the fund gains.
    expect(exchange.balance(borrower, 'CROSS_MARGIN', 'USDT')).toBe('29478 / 0 / 0 / 0')
    expect(fundEquity(exchange) - fundBefore).toBe(amountOf('7422'))
  },
}

const WIDE = { bidUp: '1000', bidDown: '0.00001', askUp: '1000', askDown: '0.00001' }

/** What the fund is worth at index prices, in 10⁻⁸ USDT. */
function fundEquity({ state }: TestExchange): bigint {
  return usdtFloor(equityOf(valuationOf(state, VENUE_ACCOUNT.insuranceFund)))
}

/** An auction that nobody comes to must not end at nothing. */
export const ZERO_BID: Incident = {
  code: 'S19',
  title: 'nobody bids for what is liquidated, then one bids the smallest price there is',
  missing: null,
  without: [
    {
      rule: 'Q3 the liquidation band',
      breaks: 'nothing is sold for nothing',
      // Inside the band an order may lose no more than the account is worth, or the rate of the clearance fee.
      document: (document) =>
        withPolicy(document, { liquidationBand: '0.99999999', clearanceFee: '0.99999999' }),
    },
  ],
  play: (open) => {
    const exchange = open(withSymbol(plainVenue(), 'ETHUSDT', { percentPrice: WIDE }))
    const userId = ethOnLoan(exchange, 10, 2_600)
    const scavenger = exchange.stranger({ SPOT: { USDT: '1000' } })
    const events = [...exchange.prices({ ETH: '285' }).events]
    expect(only(events, 'LiquidationStarted').userId).toBe(userId)
    exchange.must(exchange.order(scavenger, 'BUY 1000 ETHUSDT @ 0.01', { wallet: 'SPOT' }))
    for (let n = 0; n < 60; n += 1) events.push(...exchange.pass(1_000).events)
    expect(all(events, 'TradeExecuted'), 'nothing is sold for nothing').toEqual([])
    expect(only(events, 'LiquidationFinished')).toMatchObject({
      outcome: 'taken_over',
      lendersLost: 0n,
      fundPaid: 0n,
    })
    expect(exchange.balance(userId, 'CROSS_MARGIN', 'ETH')).toBe('0 / 0 / 0 / 0')
  },
}

const ACCOUNTS = 1_000
const FALLEN = 285

/** A fall that brings down many at once must bring down exactly those, and its own trades nobody more. */
export const CASCADE: Incident = {
  code: 'S20',
  title: 'a fall of 5 % liquidates exactly those of 1,000 accounts that it brings to the level',
  missing: 'cancellations stay fast meanwhile: liquidations are not sliced over commands',
  without: [
    {
      rule: 'Q1 none is missed',
      breaks: 'exactly those below the level',
      removed: ['review'],
    },
    {
      rule: 'L1 the liquidation level of the table',
      breaks: 'exactly those below the level',
      document: (document) => withPolicy(document, { levels: raised(document, '1.1001') }),
    },
  ],
  play: (open) => {
    // Whatever the books take: nothing, some of it, all of it; and in whichever order the accounts were opened.
    for (const [depth, order] of [
      ['0', 1],
      ['100', -1],
    ] as const) {
      cascade(open(plainVenue({ insuranceFund: { USDT: '50000000' } })), depth, order)
    }
  },
}

function cascade(exchange: TestExchange, depth: string, order: 1 | -1): void {
  exchange.prices({ BTC: '12000' })
  const maker = exchange.stranger({ SPOT: { BTC: `${ACCOUNTS}`, USDT: '90000000' } })
  for (let n = 0; n < 2; n += 1) {
    exchange.must(exchange.order(maker, 'SELL 500 BTCUSDT @ 12000', { wallet: 'SPOT' }))
  }
  const levelOf = new Map<number, number>()
  for (let n = 0; n < ACCOUNTS; n += 1) {
    const i = order === 1 ? n : ACCOUNTS - 1 - n
    // 1 BTC is bought for 12,000 of debt; with what is owned the level is 1.101 + 0.0002 i at 10,000.
    const own = (0.3212 + 0.00024 * i).toFixed(8)
    const userId = exchange.user({ CROSS_MARGIN: { BTC: own } })
    exchange.must(exchange.order(userId, 'BUY 1 BTCUSDT', { sideEffect: 'MARGIN_BUY' }))
    levelOf.set(userId, i)
  }
  expect(all(exchange.prices({ BTC: '10000' }).events, 'LiquidationStarted')).toEqual([])
  if (depth !== '0') exchange.quote(maker, 'BTCUSDT', [['9490', depth]], [])
  const events = [...exchange.prices({ BTC: '9500' }).events]
  for (let n = 0; n < 7; n += 1) events.push(...exchange.pass(10_000).events)
  const started = all(events, 'LiquidationStarted').map(({ userId }) => levelOf.get(userId) ?? -1)
  // 0.95 × (1.101 + 0.0002 i) is at most 1.1 up to i = 284; they go lowest level first (rule Q8).
  expect(started, 'exactly those below the level').toEqual(
    Array.from({ length: FALLEN }, (_, i) => i),
  )
  expect(all(events, 'LiquidationFinished')).toHaveLength(FALLEN)
  expect(exchange.ask('liquidations', {})).toEqual([])
}

function raised(document: VenueDocument, liquidation: string) {
  const { levels } = document.policy
  return { ...levels, '5': { ...levels['5'], liquidation } }
}
