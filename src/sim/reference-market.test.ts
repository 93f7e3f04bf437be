import { expect, test } from 'vitest'
import type { Command, PlaceOrder } from '../core/domain/command.ts'
import { PLAIN } from '../core/domain/command.ts'
import type { Sequence, SymbolIndex, TimestampMs, UserId } from '../core/domain/ids.ts'
import type { SelfTradePrevention } from '../core/domain/order.ts'
import { parseVenue } from '../core/domain/parse-venue.ts'
import type { OrderRulesDocument, TradingDocument } from '../core/domain/venue-document.ts'
import type { Amount } from '../core/money/amount.ts'
import type { Lots, Ticks } from '../core/money/price.ts'
import { Prng } from '../server/feed/prng.ts'
import { drawFuzzPlan, FUZZ_FEATURES } from './order-fuzz-venue.ts'
import { ReferenceMarket } from './reference-market.ts'

const SYMBOL = 0 as SymbolIndex
const START_MS = 1_000_000

/** A market of one symbol that speaks in ticks and lots. Users 1 to 4 are rich. */
class Script {
  readonly market: ReferenceMarket
  nowMs = START_MS
  #names = 0

  constructor(rules: Partial<OrderRulesDocument> = {}, trading: Partial<TradingDocument> = {}) {
    const { document } = drawFuzzPlan(new Prng(1), new Set(FUZZ_FEATURES))
    const symbols = document.symbols.map((symbol) => ({
      ...symbol,
      maximumPrice: '1000000',
      orderRules: { ...symbol.orderRules, ...rules },
    }))
    const policy = { ...document.policy, trading: { ...document.policy.trading, ...trading } }
    this.market = new ReferenceMarket(parseVenue({ ...document, symbols, policy }))
    for (const user of [1, 2, 3, 4]) {
      this.do({ type: 'CreateUser' })
      for (const { index } of this.market.state.venue.assets) {
        const amount = (10n ** 17n) as Amount
        this.do({ type: 'Deposit', userId: user as UserId, wallet: 'SPOT', asset: index, amount })
      }
    }
  }

  do(command: Command): readonly string[] {
    const sequence = 1 as Sequence
    return this.market.apply({ sequence, timestampMs: this.nowMs as TimestampMs, command })
  }

  /** `1 BUY 3 @ 100` or `1 BUY 3` for one at market, then what else there is to say of it. */
  order(text: string, options: object = {}): PlaceOrder {
    const [user, side, lots, , price] = text.split(' ')
    this.#names += 1
    return {
      type: 'PlaceOrder',
      userId: Number(user) as UserId,
      wallet: 'SPOT',
      symbol: SYMBOL,
      side: side as 'BUY' | 'SELL',
      orderType: price === undefined ? 'MARKET' : 'LIMIT',
      timeInForce: 'GTC',
      price: Number(price ?? 0) as Ticks,
      lots: Number(lots) as Lots,
      quoteQuantity: 0n as Amount,
      clientOrderId: `o${this.#names}`,
      sideEffect: 'NO_SIDE_EFFECT',
      autoRepayAtCancel: false,
      selfTradePrevention: 'NONE',
      ...PLAIN,
      ...options,
    } as PlaceOrder
  }

  place(text: string, options: object = {}): readonly string[] {
    return this.do(this.order(text, options))
  }

  /** A trade at this price, by users 3 and 4, who have nothing else in the book. */
  tradeAt(price: number): readonly string[] {
    this.place(`3 SELL 1 @ ${price}`)
    return this.place(`4 BUY 1 @ ${price}`)
  }

  open(userId: number): string[] {
    return this.market.openOrders(userId as UserId)
  }

  /** What shows in the book, `lots@price`, best first; the bids, then the asks. */
  book(): string {
    const side = (name: 'BUY' | 'SELL') =>
      this.market
        .depth(SYMBOL, name)
        .map(([price, lots]) => `${lots}@${price}`)
        .join(' ')
    return `${side('BUY')} | ${side('SELL')}`
  }
}

/** Ends and what stands afterwards, for the eight examples of Binance's document on self-trade prevention. */
function selfTrade(makers: string[], taker: string, makerMode: SelfTradePrevention, mode: string) {
  const script = new Script()
  for (const maker of makers) script.place(maker, { selfTradePrevention: makerMode })
  const lines = script.place(taker, { selfTradePrevention: mode })
  const ends = lines.flatMap((line) => {
    const [, name, status] = /^ended \d\/(\w+) (\w+)/.exec(line) ?? []
    if (name !== undefined) return [`${name} ${status}`]
    return line.startsWith('trade') ? ['traded'] : []
  })
  return `${ends.join(', ')}; ${script.book()}`
}

test.each`
  scenario | makers                                                 | taker               | makers_say        | mode              | outcome
  ${'A'}   | ${['1 BUY 10 @ 10']}                                   | ${'1 SELL 10 @ 10'} | ${'NONE'}         | ${'NONE'}         | ${'traded;  | '}
  ${'B'}   | ${['1 BUY 12 @ 12', '1 BUY 13 @ 11', '1 BUY 81 @ 10']} | ${'1 SELL 30 @ 10'} | ${'NONE'}         | ${'EXPIRE_MAKER'} | ${'o1 EXPIRED_IN_MATCH, o2 EXPIRED_IN_MATCH, o3 EXPIRED_IN_MATCH;  | 30@10'}
  ${'C'}   | ${['1 BUY 12 @ 12', '1 BUY 13 @ 11', '1 BUY 81 @ 10']} | ${'1 SELL 30 @ 10'} | ${'NONE'}         | ${'EXPIRE_TAKER'} | ${'o4 EXPIRED_IN_MATCH; 12@12 13@11 81@10 | '}
  ${'D'}   | ${['1 BUY 10 @ 10']}                                   | ${'1 SELL 30 @ 10'} | ${'NONE'}         | ${'EXPIRE_BOTH'}  | ${'o1 EXPIRED_IN_MATCH, o2 EXPIRED_IN_MATCH;  | '}
  ${'E'}   | ${['1 BUY 10 @ 10']}                                   | ${'1 SELL 10 @ 10'} | ${'EXPIRE_MAKER'} | ${'EXPIRE_TAKER'} | ${'o2 EXPIRED_IN_MATCH; 10@10 | '}
  ${'F'}   | ${['1 BUY 10 @ 10']}                                   | ${'1 SELL 10'}      | ${'NONE'}         | ${'EXPIRE_MAKER'} | ${'o1 EXPIRED_IN_MATCH, o2 EXPIRED;  | '}
  ${'G'}   | ${['1 BUY 60 @ 20']}                                   | ${'1 SELL 20 @ 20'} | ${'NONE'}         | ${'DECREMENT'}    | ${'o2 EXPIRED_IN_MATCH; 40@20 | '}
`('T6 scenario $scenario of $mode: $outcome', ({ makers, taker, makers_say, mode, outcome }) => {
  expect(selfTrade(makers, taker, makers_say, mode)).toBe(outcome)
})

test('T6 scenario H: what is prevented changes hands between accounts of one group', () => {
  const script = new Script()
  const options = { selfTradePrevention: 'TRANSFER' }
  for (const userId of [1, 2] as UserId[]) {
    script.do({ type: 'SetTradeGroup', userId, tradeGroupId: 1 })
  }
  script.place('1 BUY 60 @ 20', options)
  const before = [1, 2].map((user) => script.market.state.users[user - 1]!.total.slice(0, 2))
  const [, line] = script.place('2 SELL 20 @ 20', options)
  expect(line).toBe(
    'prevented 0#1 TRANSFER @20 maker 1/o1 20 of 20 taker 2/o2 20 of 20 shows 20 less group 1 moves 20000000 for 4000000',
  )
  const after = [1, 2].map((user) => script.market.state.users[user - 1]!.total.slice(0, 2))
  const moved = after.map((sums, user) => sums.map((sum, asset) => sum - before[user]![asset]!))
  expect(moved).toEqual([
    [-4_000_000n, 20_000_000n],
    [4_000_000n, -20_000_000n],
  ])
  expect(script.book()).toBe('40@20 | ')
})

test.each`
  from               | orderType              | side      | price   | stopPrice | bips    | prices                                        | triggers
  ${'scenario A'}    | ${'STOP_LOSS_LIMIT'}   | ${'BUY'}  | ${4500} | ${4400}   | ${500}  | ${[3700, 4400, 4500, 4600, 4200, 4409, 4410]} | ${4410}
  ${'scenario B'}    | ${'STOP_LOSS_LIMIT'}   | ${'SELL'} | ${3800} | ${3900}   | ${1000} | ${[4150, 3900, 3700, 4100, 3691, 3690]}       | ${3690}
  ${'scenario C'}    | ${'TAKE_PROFIT_LIMIT'} | ${'BUY'}  | ${3850} | ${3800}   | ${850}  | ${[4200, 3800, 3700, 3900, 3800, 4014, 4015]} | ${4015}
  ${'scenario D'}    | ${'TAKE_PROFIT_LIMIT'} | ${'SELL'} | ${4100} | ${4200}   | ${750}  | ${[4150, 3900, 4200, 4500, 4400, 4650, 4301]} | ${4301}
  ${'scenario E'}    | ${'STOP_LOSS_LIMIT'}   | ${'SELL'} | ${3900} | ${0}      | ${700}  | ${[4200, 3950, 4550, 4232, 4231]}             | ${4231}
  ${'a plain stop'}  | ${'STOP_LOSS_LIMIT'}   | ${'SELL'} | ${3900} | ${3950}   | ${0}    | ${[4200, 3951, 3950]}                         | ${3950}
  ${'a plain entry'} | ${'TAKE_PROFIT_LIMIT'} | ${'SELL'} | ${3900} | ${4100}   | ${0}    | ${[3900, 4099, 4100]}                         | ${4100}
`('T8 T9 $from, $orderType $side: triggers at $triggers', (row) => {
  const { orderType, side, price, stopPrice, bips, prices, triggers } = row
  const script = new Script()
  script.tradeAt(4_000)
  const terms = { orderType, stopPrice, trailingBips: bips, clientOrderId: 'it' }
  script.place(`1 ${side} 1 @ ${price}`, terms)
  const at = prices.find((seen: number) =>
    script.tradeAt(seen).some((line) => line.startsWith('activated 1/it')),
  )
  expect(at).toBe(triggers)
})

test.each`
  orderType        | side      | stopPrice | outcome
  ${'STOP_LOSS'}   | ${'SELL'} | ${100}    | ${'refused: would_trigger'}
  ${'STOP_LOSS'}   | ${'SELL'} | ${99}     | ${'accepted 1/it WAITING NEW 0/1, rests 0'}
  ${'STOP_LOSS'}   | ${'BUY'}  | ${100}    | ${'refused: would_trigger'}
  ${'STOP_LOSS'}   | ${'BUY'}  | ${101}    | ${'accepted 1/it WAITING NEW 0/1, rests 0'}
  ${'TAKE_PROFIT'} | ${'SELL'} | ${100}    | ${'refused: would_trigger'}
  ${'TAKE_PROFIT'} | ${'SELL'} | ${101}    | ${'accepted 1/it WAITING NEW 0/1, rests 0'}
  ${'TAKE_PROFIT'} | ${'BUY'}  | ${100}    | ${'refused: would_trigger'}
  ${'TAKE_PROFIT'} | ${'BUY'}  | ${99}     | ${'accepted 1/it WAITING NEW 0/1, rests 0'}
`('T8 $orderType $side at $stopPrice with a last price of 100: $outcome', (row) => {
  const { orderType, side, stopPrice, outcome } = row
  const script = new Script()
  script.tradeAt(100)
  const placed = script.place(`1 ${side} 1`, { orderType, stopPrice, clientOrderId: 'it' })
  expect(
    placed.map((line) => (line.split(':')[0] === 'refused' ? line : line.split(':')[0])),
  ).toEqual([outcome])
})

test('T10 oldest first, then what that triggers, and so many in one command', () => {
  const script = new Script({}, { triggersPerCommand: 2 })
  script.tradeAt(100)
  for (const price of [96, 94, 92, 90]) script.place(`2 BUY 1 @ ${price}`)
  const stop = (name: string, stopPrice: number) =>
    script.place('1 SELL 1', { orderType: 'STOP_LOSS', stopPrice, clientOrderId: name })
  stop('deep', 94)
  stop('b', 97)
  stop('a', 98)
  const activated = (lines: readonly string[]) =>
    lines.flatMap((line) => (/^activated 1\/(\w+)/.exec(line) ?? []).slice(1))
  expect(activated(script.place('3 SELL 1 @ 96'))).toEqual(['b', 'a'])
  expect(activated(script.do({ type: 'AdvanceTime' }))).toEqual(['deep'])
})

test('T5 a market order takes what there is, and its rest expires', () => {
  const script = new Script()
  script.place('2 SELL 200 @ 100')
  script.place('3 SELL 200 @ 100')
  const lines = script.place('1 BUY 600')
  expect(lines.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    'accepted 1/o3 WORKING',
    'trade 0#1 200@100=200000000',
    'trade 0#2 200@100=200000000',
    'ended 1/o3 EXPIRED',
  ])
})

test.each`
  spent          | traded
  ${999_999n}    | ${[]}
  ${1_000_000n}  | ${['1@100']}
  ${2_000_000n}  | ${['2@100']}
  ${3_009_999n}  | ${['2@100']}
  ${3_010_000n}  | ${['2@100', '1@101']}
  ${30_000_000n} | ${['2@100', '3@101']}
`('T5 a market order that spends $spent buys $traded', ({ spent, traded }) => {
  const script = new Script()
  script.place('2 SELL 2 @ 100')
  script.place('2 SELL 3 @ 101')
  const lines = script.place('1 BUY 0', { quoteQuantity: spent })
  const trades = lines.flatMap((line) => (/^trade \S+ ([\d@]+)=/.exec(line) ?? []).slice(1))
  expect(trades).toEqual(traded)
})

test('T7 an iceberg shows its next part behind all others, each part trading by itself', () => {
  const script = new Script()
  script.place('1 SELL 7 @ 100', { icebergLots: 3, clientOrderId: 'ice' })
  script.place('2 SELL 4 @ 100')
  expect(script.book()).toBe(' | 7@100')
  const lines = script.place('3 BUY 10 @ 100')
  const trades = lines.flatMap((line) =>
    (/^trade \S+ (\d+)@\S+ maker (\S+)/.exec(line) ?? []).slice(1),
  )
  expect(trades).toEqual(['3', '1/ice', '4', '2/o2', '3', '1/ice'])
  expect(script.book()).toBe(' | 1@100')
})

test('T16 an amended order keeps its place', () => {
  const script = new Script()
  script.place('1 BUY 100 @ 87')
  script.place('2 BUY 550 @ 87', { clientOrderId: 'mine' })
  script.place('3 BUY 400 @ 87')
  script.place('4 BUY 200 @ 86')
  const order = { orderId: null, clientOrderId: 'mine' }
  const amend = (lots: number) =>
    script.do({
      type: 'AmendOrder',
      userId: 2 as UserId,
      wallet: 'SPOT',
      symbol: SYMBOL,
      order,
      lots: lots as Lots,
      clientOrderId: 'mine',
    })
  expect(amend(550)).toEqual(['refused: amend_not_lower'])
  expect(amend(500)).toEqual(['amended 2/mine to 2/mine 550 to 500 shows 50 less, time 1'])
  expect(script.market.queue(SYMBOL, 'BUY')).toEqual([
    '1/o1 100@87',
    '2/mine 500@87',
    '3/o3 400@87',
    '4/o4 200@86',
  ])
})

function placeList(script: Script, kind: 'OCO' | 'OTO' | 'OTOCO', orders: PlaceOrder[]) {
  const userId = 1 as UserId
  const clientListId = 'list'
  return script.do({
    type: 'PlaceOrderList',
    userId,
    wallet: 'SPOT',
    symbol: SYMBOL,
    kind,
    clientListId,
    orders,
  })
}

function pair(script: Script, lots: number): PlaceOrder[] {
  return [
    script.order(`1 SELL ${lots} @ 110`, { orderType: 'LIMIT_MAKER', clientOrderId: 'above' }),
    script.order(`1 SELL ${lots}`, {
      orderType: 'STOP_LOSS',
      stopPrice: 90,
      clientOrderId: 'below',
    }),
  ]
}

test.each`
  happens             | taker              | open                      | locked
  ${'nothing'}        | ${null}            | ${['1/above', '1/below']} | ${4n}
  ${'above trades'}   | ${'2 BUY 1 @ 110'} | ${['1/above']}            | ${3n}
  ${'below triggers'} | ${'2 SELL 1 @ 90'} | ${[]}                     | ${0n}
`('T12 an OCO when $happens: $open', ({ taker, open, locked }) => {
  const script = new Script()
  script.tradeAt(100)
  placeList(script, 'OCO', pair(script, 4))
  script.place('3 BUY 1 @ 90')
  if (taker !== null) script.place(taker)
  expect(script.open(1).map((line) => line.split(' ')[0])).toEqual(open)
  const [, base] = script.market.balances(1 as UserId)
  expect(BigInt(base!.split('/')[1]!) / 1_000_000n).toBe(locked)
})

test.each`
  above  | below  | outcome
  ${101} | ${99}  | ${'placed'}
  ${100} | ${99}  | ${'refused: list_prices'}
  ${101} | ${100} | ${'refused: list_prices'}
`(
  'T12 an OCO at $above and $below with a last price of 100: $outcome',
  ({ above, below, outcome }) => {
    const script = new Script()
    script.tradeAt(100)
    const lines = placeList(script, 'OCO', [
      script.order(`1 SELL 1 @ ${above}`, { orderType: 'LIMIT_MAKER' }),
      script.order('1 SELL 1', { orderType: 'STOP_LOSS', stopPrice: below }),
    ])
    expect(lines.at(-1)).toBe(outcome === 'placed' ? 'list 1/list #1 PLACED EXECUTING' : outcome)
  },
)

test('T13 an OTOCO places its pair once the working order is filled, not before', () => {
  const script = new Script()
  script.tradeAt(100)
  placeList(script, 'OTOCO', [
    script.order('1 BUY 4 @ 99', { clientOrderId: 'working' }),
    ...pair(script, 4),
  ])
  const stages = () => script.open(1).map((line) => `${line.split(' ')[0]} ${line.split(' ')[6]}`)
  script.place('2 SELL 3 @ 99')
  expect(stages()).toEqual(['1/working WORKING', '1/above PENDING', '1/below PENDING'])
  script.place('2 SELL 1 @ 99')
  expect(stages()).toEqual(['1/above WORKING', '1/below WAITING'])
})

test('T14 cancelling one order of a list cancels all that is open of it', () => {
  const script = new Script()
  script.tradeAt(100)
  placeList(script, 'OTOCO', [
    script.order('1 BUY 4 @ 99', { clientOrderId: 'working' }),
    ...pair(script, 4),
  ])
  const order = { orderId: null, clientOrderId: 'below' }
  const userId = 1 as UserId
  const cancel = { type: 'CancelOrder', userId, wallet: 'SPOT', symbol: SYMBOL, order } as const
  const lines = script.do({ ...cancel, restriction: null })
  expect(lines.at(-1)).toBe('list 1/list #1 ALL_DONE ALL_DONE')
  expect(script.open(1)).toEqual([])
})

test.each`
  taker              | outcome
  ${'1 BUY 9 @ 109'} | ${'2@100, 2@105; left 0, 5@109 | 2@110 2@112'}
  ${'1 BUY 9 @ 111'} | ${'2@100, 2@105, 2@110; left 0, 3@111 | 2@112'}
  ${'1 BUY 9 @ 112'} | ${'2@100, 2@105, 2@110; left 3,  | 2@112'}
`('T18 what would trade outside the band expires, $taker: $outcome', ({ taker, outcome }) => {
  const band = { bidUp: '1.1', bidDown: '0.9', askUp: '1.1', askDown: '0.9' }
  const script = new Script({ executionBand: band })
  script.tradeAt(100)
  for (const price of [100, 105, 110, 112]) script.place(`2 SELL 2 @ ${price}`)
  const lines = script.place(taker)
  const trades = lines.flatMap((line) => (/^trade \S+ ([\d@]+)=/.exec(line) ?? []).slice(1))
  const left = lines.flatMap((line) => (/by price_range, left (\d+)/.exec(line) ?? []).slice(1))
  expect(`${trades.join(', ')}; left ${left[0] ?? 0}, ${script.book()}`).toBe(outcome)
})

test.each`
  state            | order              | options                   | outcome
  ${'POST_ONLY'}   | ${'1 BUY 1 @ 99'}  | ${{}}                     | ${'accepted'}
  ${'POST_ONLY'}   | ${'1 BUY 1 @ 100'} | ${{}}                     | ${'refused: market_closed'}
  ${'POST_ONLY'}   | ${'1 BUY 1 @ 99'}  | ${{ timeInForce: 'IOC' }} | ${'refused: market_closed'}
  ${'POST_ONLY'}   | ${'1 BUY 1'}       | ${{}}                     | ${'refused: market_closed'}
  ${'CANCEL_ONLY'} | ${'1 BUY 1 @ 99'}  | ${{}}                     | ${'refused: market_closed'}
  ${'HALTED'}      | ${'1 BUY 1 @ 99'}  | ${{}}                     | ${'refused: market_closed'}
`('T20 $state, $order $options: $outcome', ({ state, order, options, outcome }) => {
  const script = new Script()
  script.place('2 SELL 1 @ 100')
  const command = { type: 'SetSymbolState', symbol: SYMBOL, state } as const
  script.do({ ...command, reason: '', author: '' })
  const [line = ''] = script.place(order, options)
  expect(line.startsWith('accepted') ? 'accepted' : line).toBe(outcome)
})

test.each`
  afterMs  | open
  ${999}   | ${1}
  ${1_000} | ${0}
`('T22 a countdown of a second cancels after $afterMs ms: $open open', ({ afterMs, open }) => {
  const script = new Script()
  script.place('1 BUY 1 @ 100')
  const userId = 1 as UserId
  const command = { type: 'CancelAllAfter', userId, wallet: 'SPOT', symbol: null } as const
  script.do({ ...command, timeoutMs: 1_000 })
  script.nowMs += afterMs
  script.do({ type: 'AdvanceTime' })
  expect(script.open(1).length).toBe(open)
})
