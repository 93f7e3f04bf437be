import { expect, test } from 'vitest'
import type { Command } from '../core/domain/command.ts'
import type { Sequence, TimestampMs, UserId } from '../core/domain/ids.ts'
import { parseVenue } from '../core/domain/parse-venue.ts'
import { Prng } from '../server/feed/prng.ts'
import { FuzzCommands } from './order-fuzz-commands.ts'
import { drawFuzzPlan } from './order-fuzz-venue.ts'
import { ReferenceMarket } from './reference-market.ts'
import { MarketScript, START_MS, SYMBOL } from './reference-market-script.ts'

test.each`
  taker              | outcome
  ${'1 BUY 9 @ 109'} | ${'2@100, 2@105; left 0, 5@109 | 2@110 2@112'}
  ${'1 BUY 9 @ 111'} | ${'2@100, 2@105, 2@110; left 0, 3@111 | 2@112'}
  ${'1 BUY 9 @ 112'} | ${'2@100, 2@105, 2@110; left 3,  | 2@112'}
`('T18 what would trade outside the band expires, $taker: $outcome', ({ taker, outcome }) => {
  const band = { bidUp: '1.1', bidDown: '0.9', askUp: '1.1', askDown: '0.9' }
  const script = new MarketScript({ executionBand: band })
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
  const script = new MarketScript()
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
  const script = new MarketScript()
  script.place('1 BUY 1 @ 100')
  const userId = 1 as UserId
  const command = { type: 'CancelAllAfter', userId, wallet: 'SPOT', symbol: null } as const
  script.do({ ...command, timeoutMs: 1_000 })
  script.nowMs += afterMs
  script.do({ type: 'AdvanceTime' })
  expect(script.open(1).length).toBe(open)
})

const CANCEL_REPLACE = {
  type: 'CancelReplace',
  cancel: { orderId: null, clientOrderId: 'old' },
  restriction: null,
} as const

test.each`
  old              | mode                 | place              | outcome                                                         | open
  ${'1 BUY 1 @ 9'} | ${'STOP_ON_FAILURE'} | ${'1 BUY 2 @ 10'}  | ${''}                                                           | ${['1/new']}
  ${null}          | ${'STOP_ON_FAILURE'} | ${'1 BUY 2 @ 10'}  | ${'refused: cancel_replace_stopped (order_unknown)'}            | ${[]}
  ${null}          | ${'ALLOW_FAILURE'}   | ${'1 BUY 2 @ 10'}  | ${'refused: cancel_replace_partly (order_unknown, done)'}       | ${['1/new']}
  ${'1 BUY 1 @ 9'} | ${'STOP_ON_FAILURE'} | ${'1 BUY 2 @ 100'} | ${'refused: cancel_replace_partly (done, would_take)'}          | ${[]}
  ${null}          | ${'ALLOW_FAILURE'}   | ${'1 BUY 2 @ 100'} | ${'refused: cancel_replace_partly (order_unknown, would_take)'} | ${[]}
`('T15 $mode, old $old, new $place: $outcome', ({ old, mode, place, outcome, open }) => {
  const script = new MarketScript()
  script.place('2 SELL 1 @ 100')
  if (old !== null) script.place(old, { clientOrderId: 'old' })
  const fresh = script.order(place, { orderType: 'LIMIT_MAKER', clientOrderId: 'new' })
  const lines = script.do({ ...CANCEL_REPLACE, mode, place: fresh })
  expect(lines.find((line) => line.startsWith('refused')) ?? '').toBe(outcome)
  expect(script.open(1).map((line) => line.split(' ')[0])).toEqual(open)
})

test.each`
  filled | restriction                | outcome
  ${0}   | ${'ONLY_NEW'}              | ${'done'}
  ${1}   | ${'ONLY_NEW'}              | ${'refused: cancel_restricted'}
  ${0}   | ${'ONLY_PARTIALLY_FILLED'} | ${'refused: cancel_restricted'}
  ${1}   | ${'ONLY_PARTIALLY_FILLED'} | ${'done'}
`('T17 $restriction with $filled filled: $outcome', ({ filled, restriction, outcome }) => {
  const script = new MarketScript()
  script.place('1 BUY 2 @ 100', { clientOrderId: 'it' })
  if (filled > 0) script.place(`2 SELL ${filled} @ 100`)
  const order = { orderId: null, clientOrderId: 'it' }
  const userId = 1 as UserId
  const cancel = { type: 'CancelOrder', userId, wallet: 'SPOT', symbol: SYMBOL, order } as const
  const lines = script.do({ ...cancel, restriction })
  expect(lines.find((line) => line.startsWith('refused')) ?? 'done').toBe(outcome)
})

test.each`
  atMs     | price  | outcome
  ${1_999} | ${112} | ${'trades'}
  ${2_000} | ${110} | ${'trades'}
  ${2_000} | ${111} | ${'expires'}
`('T19 a band of a tenth around 100, which traded at 1,500 ms: $price at $atMs $outcome', (row) => {
  const { atMs, price, outcome } = row
  const volatilityInterruption = { band: '0.1', windowMs: 1_000, pauseMs: 500 }
  const script = new MarketScript({ volatilityInterruption })
  script.nowMs += 1_500
  script.tradeAt(100)
  script.nowMs = START_MS + atMs
  script.place(`2 SELL 1 @ ${price}`)
  const lines = script.place(`1 BUY 1 @ ${price}`)
  expect(lines.some((line) => line.startsWith('trade')) ? 'trades' : 'expires').toBe(outcome)
  const pausedUntil = `state of 0 POST_ONLY until ${START_MS + atMs + 500}`
  expect(lines.includes(pausedUntil)).toBe(outcome === 'expires')
})

test.each`
  afterMs  | open
  ${999}   | ${1}
  ${1_000} | ${0}
`(
  'T21 an order of an age of a second is open $open times after $afterMs ms',
  ({ afterMs, open }) => {
    const script = new MarketScript({}, { maximumOrderAgeMs: 1_000 })
    script.place('1 BUY 1 @ 100')
    script.nowMs += afterMs
    script.do({ type: 'AdvanceTime' })
    expect(script.open(1).length).toBe(open)
  },
)

test.each`
  trades   | afterMs | outcome
  ${true}  | ${499}  | ${'refused: client_order_id_duplicate'}
  ${true}  | ${500}  | ${'accepted'}
  ${false} | ${0}    | ${'accepted'}
`('T25 a name after its order ended, traded $trades, $afterMs ms later: $outcome', (row) => {
  const { trades, afterMs, outcome } = row
  const script = new MarketScript({}, { clientOrderIdWindowMs: 500 })
  if (trades) script.place('2 SELL 1 @ 100')
  const options = { timeInForce: 'IOC', clientOrderId: 'it' }
  script.place('1 BUY 1 @ 100', options)
  script.nowMs += afterMs
  const [line = ''] = script.place('1 BUY 1 @ 100', options)
  expect(line.startsWith('accepted') ? 'accepted' : line).toBe(outcome)
})

test('V1 V2 V5 by the model alone: books do not cross, and money stays among users and fees', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const prng = new Prng(seed)
    const plan = drawFuzzPlan(prng, new Set(['FEES']))
    const market = new ReferenceMarket(parseVenue(plan.document))
    const commands = new FuzzCommands(plan, prng, market)
    let nowMs = START_MS
    const submit = (command: Command) =>
      market.apply({ sequence: 1 as Sequence, timestampMs: nowMs as TimestampMs, command })
    for (const command of commands.opening()) submit(command)
    const sums = () =>
      market.state.venue.assets.map(({ index }) =>
        market.state.users.reduce((sum, user) => sum + (user.total[index] ?? 0n), 0n),
      )
    const before = sums()
    for (let step = 0; step < 300; step += 1) {
      nowMs += commands.pauseMs()
      submit(commands.next())
      for (const { bids, asks } of market.state.symbols) {
        const [bid, ask] = [bids[0]?.place.price ?? 0, asks[0]?.place.price ?? Infinity]
        expect(bid).toBeLessThan(ask)
      }
    }
    expect(sums()).toEqual(before)
    const all = market.state.users.flatMap(({ userId }) => market.balances(userId))
    expect(all.filter((text) => text.includes('-'))).toEqual([])
  }
})
