import { expect, test } from 'vitest'
import type { PlaceOrder } from '../core/domain/command.ts'
import type { UserId } from '../core/domain/ids.ts'
import { MarketScript, SYMBOL } from './reference-market-script.ts'

function pair(script: MarketScript, lots: number): PlaceOrder[] {
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
  const script = new MarketScript()
  script.tradeAt(100)
  script.list('OCO', pair(script, 4))
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
    const script = new MarketScript()
    script.tradeAt(100)
    const lines = script.list('OCO', [
      script.order(`1 SELL 1 @ ${above}`, { orderType: 'LIMIT_MAKER' }),
      script.order('1 SELL 1', { orderType: 'STOP_LOSS', stopPrice: below }),
    ])
    expect(lines.at(-1)).toBe(outcome === 'placed' ? 'list 1/list #1 PLACED EXECUTING' : outcome)
  },
)

test('T13 an OTOCO places its pair once the working order is filled, not before', () => {
  const script = new MarketScript()
  script.tradeAt(100)
  script.list('OTOCO', [
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
  const script = new MarketScript()
  script.tradeAt(100)
  script.list('OTOCO', [
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

test('T12 a sweep that meets the stop price first and then the limit leg: the limit leg goes ahead', () => {
  const script = new MarketScript()
  script.tradeAt(100)
  script.list('OCO', pair(script, 4))
  script.place('2 SELL 1 @ 85')
  const lines = script.place('3 BUY 2 @ 110')
  expect(lines.filter((line) => line.startsWith('activated'))).toEqual([])
  expect(script.open(1).map((line) => line.split(' ')[0])).toEqual(['1/above'])
})
