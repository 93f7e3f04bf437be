import { expect, test, vi } from 'vitest'
import type { Command } from '../core/domain/command.ts'
import type { Outcome } from '../core/domain/event.ts'
import type { SymbolIndex, UserId } from '../core/domain/ids.ts'
import type { TradingSymbol, Venue } from '../core/domain/venue.ts'
import { notionalOf } from '../core/domain/venue.ts'
import type { IndexPrice } from '../core/money/price.ts'
import { MARKET_MAKER_SETTINGS, MarketMaker } from './market-maker.ts'
import { OrderFlow } from './order-flow.ts'
import { fairPrice, quote } from './quote.ts'

const USDT_PRICE = 100_000_000n as IndexPrice
const SETTINGS = { spreadBps: 10, depthUsdt: 100_000, levels: 5, skew: 0 }

function symbol(
  index: number,
  changes: Partial<Record<keyof TradingSymbol, unknown>> = {},
): TradingSymbol {
  return {
    index,
    symbol: `S${index}`,
    base: index + 1,
    quote: 0,
    tickSize: 1_000_000n,
    stepSize: 100_000n,
    quotePerTickLot: 1_000n,
    minimumPrice: 1,
    maximumPrice: 100_000_000,
    minimumLots: 1,
    maximumLots: 9_000_000,
    marketMaximumLots: 9_000_000,
    minimumNotional: 5_00000000n,
    ...changes,
  } as unknown as TradingSymbol
}

function venueOf(symbols: TradingSymbol[]): Venue {
  const assets = [{ index: 0 }, ...symbols.map(({ base }) => ({ index: base }))]
  return { assets, symbols, usdt: 0 } as unknown as Venue
}

function usdt(text: number): IndexPrice {
  return BigInt(Math.round(text * 1e8)) as IndexPrice
}

test('a quote stands symmetrically around the fair price, spread apart, sizes growing outward', () => {
  const btc = symbol(0)
  const fair = fairPrice(btc, usdt(60_000), USDT_PRICE) ?? 0n
  expect(fair).toBe(6_000_000n * 100_000_000n)
  const { bids, asks } = quote(btc, fair, USDT_PRICE, SETTINGS)
  expect(bids[0]?.[0]).toBe(5_997_000)
  expect(asks[0]?.[0]).toBe(6_003_000)
  expect(bids).toHaveLength(5)
  for (const levels of [bids, asks]) {
    for (let place = 1; place < levels.length; place += 1) {
      expect(levels[place]?.[1]).toBeGreaterThan(levels[place - 1]?.[1] ?? Infinity)
    }
    const total = levels.reduce((sum, [price, lots]) => sum + notionalOf(btc, price, lots), 0n)
    expect(Math.abs(Number(total) / 1e8 - 100_000)).toBeLessThan(500)
  }
})

test('levels never cross or repeat, however coarse the tick', () => {
  const coarse = symbol(0, { tickSize: 10_000_000_000n, quotePerTickLot: 10_000_000n })
  for (let price = 150; price < 1_500; price += 37) {
    const fair = fairPrice(coarse, usdt(price), USDT_PRICE) ?? 0n
    const { bids, asks } = quote(coarse, fair, USDT_PRICE, SETTINGS)
    const ladder = [...bids.map(([at]) => at).reverse(), ...asks.map(([at]) => at)]
    expect(ladder).toEqual([...new Set(ladder)].sort((a, b) => a - b))
    expect(ladder.every((at) => at >= 1)).toBe(true)
  }
})

test('skew moves both sides the same way', () => {
  const btc = symbol(0)
  const fair = fairPrice(btc, usdt(60_000), USDT_PRICE) ?? 0n
  const [flat, up] = [0, 1].map((skew) => quote(btc, fair, USDT_PRICE, { ...SETTINGS, skew }))
  expect(up?.bids[0]?.[0]).toBeGreaterThan(flat?.bids[0]?.[0] ?? Infinity)
  expect(up?.asks[0]?.[0]).toBeGreaterThan(flat?.asks[0]?.[0] ?? Infinity)
})

test('no depth and a missing price are an empty quote', () => {
  const btc = symbol(0)
  expect(quote(btc, 6_000_000n * 100_000_000n, USDT_PRICE, { ...SETTINGS, depthUsdt: 0 })).toEqual({
    bids: [],
    asks: [],
  })
  expect(fairPrice(btc, null, USDT_PRICE)).toBeNull()
})

function makerFor(symbols: TradingSymbol[], commandsPerSecond = 100) {
  const sent: Command[] = []
  const sink = {
    submit: async (command: Command): Promise<Outcome> => {
      sent.push(command)
      return { events: [], refusal: null } as unknown as Outcome
    },
  }
  const settings = { ...MARKET_MAKER_SETTINGS, spreadBps: 10 }
  const maker = new MarketMaker(sink, venueOf(symbols), 9 as UserId, settings, commandsPerSecond)
  return { maker, sent }
}

test('a quote is renewed only once the price moved a quarter of the spread', () => {
  const { maker } = makerFor([symbol(0)])
  expect(maker.takeDue()).toEqual([])
  maker.onPrices([[1, usdt(10_000)]])
  expect(maker.takeDue()).toHaveLength(1)
  maker.onPrices([[1, usdt(10_002.49)]])
  expect(maker.takeDue()).toEqual([])
  maker.onPrices([[1, usdt(10_002.5)]])
  expect(maker.takeDue()).toHaveLength(1)
  expect(maker.takeDue()).toEqual([])
})

test('a trade against the quote renews it, and a lost price withdraws it once', () => {
  const { maker } = makerFor([symbol(0)])
  maker.onPrices([[1, usdt(10_000)]])
  maker.takeDue()
  const trade = { type: 'TradeExecuted', symbol: 0, maker: { userId: 9 } }
  maker.observe({ events: [trade] } as unknown as Outcome)
  expect(maker.takeDue()).toHaveLength(1)
  maker.onPrices([[1, null]])
  expect(maker.takeDue()).toEqual([{ type: 'MassQuote', userId: 9, symbol: 0, bids: [], asks: [] }])
  expect(maker.takeDue()).toEqual([])
})

test('disabling takes the quote away and enabling brings it back', () => {
  const { maker } = makerFor([symbol(0)])
  maker.onPrices([[1, usdt(10_000)]])
  maker.takeDue()
  maker.configure(0 as SymbolIndex, { enabled: false })
  expect(maker.takeDue()[0]?.bids).toEqual([])
  expect(maker.takeDue()).toEqual([])
  maker.configure(0 as SymbolIndex, { enabled: true })
  expect(maker.takeDue()[0]?.bids).toHaveLength(12)
})

test('past the allowance the quotes farthest off go first, and a forced requote sends all', async () => {
  const { maker, sent } = makerFor([symbol(0), symbol(1), symbol(2)], 5)
  maker.onPrices([1, 2, 3].map((asset) => [asset, usdt(100)]))
  expect(maker.takeDue()).toHaveLength(3)
  maker.onPrices([
    [1, usdt(101)],
    [2, usdt(109)],
    [3, usdt(105)],
  ])
  expect(maker.takeDue().map((command) => command.symbol)).toEqual([1, 2])
  expect(maker.takeDue()).toEqual([])
  await maker.requote()
  expect(sent.map((command) => 'symbol' in command && command.symbol)).toEqual([0])
})

test('order flow repeats from its seed, keeps to its sizes and does not run away to one side', () => {
  const venue = venueOf([symbol(0), symbol(1)])
  const { sink } = { sink: { submit: () => Promise.reject(new Error('not used')) } }
  const flows = [1, 1].map(() => new OrderFlow(sink, venue, [3, 4] as UserId[]))
  for (const flow of flows)
    flow.onPrices([
      [1, usdt(60_000)],
      [2, usdt(20)],
    ])
  const [one, two] = flows.map((flow) => Array.from({ length: 500 }, () => flow.next()))
  expect(one).toEqual(two)
  const orders = one?.filter((order) => order !== null) ?? []
  expect(orders.length).toBeGreaterThan(400)
  expect(new Set(orders.map(({ clientOrderId }) => clientOrderId)).size).toBe(orders.length)
  const buys = orders.filter(({ side }) => side === 'BUY').length
  expect(Math.abs(buys / orders.length - 0.5)).toBeLessThan(0.1)
})

test('a venue that takes nothing any more stops neither the maker nor the flow, and quotes are tried again', async () => {
  vi.useFakeTimers()
  let submits = 0
  const sink = {
    submit: async (): Promise<Outcome> => {
      submits += 1
      throw new Error('closed')
    },
  }
  const venue = venueOf([symbol(0)])
  const maker = new MarketMaker(sink, venue, 9 as UserId)
  const flow = new OrderFlow(sink, venue, [3] as UserId[])
  maker.onPrices([[1, usdt(100)]])
  flow.onPrices([[1, usdt(100)]])
  maker.start()
  await vi.advanceTimersByTimeAsync(200)
  maker.stop()
  expect(submits).toBeGreaterThan(1)
  flow.start()
  await vi.advanceTimersByTimeAsync(1_000)
  flow.stop()
  vi.useRealTimers()
})
