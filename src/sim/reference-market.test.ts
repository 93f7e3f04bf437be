import { expect, test } from 'vitest'
import type { UserId } from '../core/domain/ids.ts'
import type { SelfTradePrevention } from '../core/domain/order.ts'
import type { Lots } from '../core/money/price.ts'
import { MarketScript, SYMBOL } from './reference-market-script.ts'

/** Ends and what stands afterwards, for the eight examples of Binance's document on self-trade prevention. */
function selfTrade(makers: string[], taker: string, makerMode: SelfTradePrevention, mode: string) {
  const script = new MarketScript()
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
  const script = new MarketScript()
  const options = { selfTradePrevention: 'TRANSFER' }
  for (const userId of [1, 2] as UserId[]) {
    script.do({ type: 'SetTradeGroup', userId, tradeGroupId: 1, reason: '', author: 'test' })
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
  const script = new MarketScript()
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
  const script = new MarketScript()
  script.tradeAt(100)
  const placed = script.place(`1 ${side} 1`, { orderType, stopPrice, clientOrderId: 'it' })
  expect(
    placed.map((line) => (line.split(':')[0] === 'refused' ? line : line.split(':')[0])),
  ).toEqual([outcome])
})

test('T10 oldest first, then what that triggers, and so many in one command', () => {
  const script = new MarketScript({}, { triggersPerCommand: 2 })
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
  const script = new MarketScript()
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
  const script = new MarketScript()
  script.place('2 SELL 2 @ 100')
  script.place('2 SELL 3 @ 101')
  const lines = script.place('1 BUY 0', { quoteQuantity: spent })
  const trades = lines.flatMap((line) => (/^trade \S+ ([\d@]+)=/.exec(line) ?? []).slice(1))
  expect(trades).toEqual(traded)
})

test('T7 an iceberg shows its next part behind all others, each part trading by itself', () => {
  const script = new MarketScript()
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
  const script = new MarketScript()
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

test('T3 T6 fill-or-kill that meets an order of its own leaves the book untouched', () => {
  const script = new MarketScript()
  script.place('2 SELL 1 @ 100')
  script.place('1 SELL 1 @ 100')
  const options = { timeInForce: 'FOK', selfTradePrevention: 'EXPIRE_TAKER' }
  const lines = script.place('1 BUY 2 @ 100', options)
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['accepted', 'ended'])
  expect(script.book()).toBe(' | 2@100')
})
