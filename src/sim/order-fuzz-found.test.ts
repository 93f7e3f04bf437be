import { expect, test } from 'vitest'
import type { Command } from '../core/domain/command.ts'
import type { UserId } from '../core/domain/ids.ts'
import { playDuel } from './order-fuzz-duel.ts'
import { MarketScript, SYMBOL } from './reference-market-script.ts'

/** Plays a script to the engine and to the model: what they differ in, or nothing. */
function differences(script: MarketScript) {
  return playDuel(script.document, script.history)?.difference ?? null
}

const BY_INDEX = { stopTrigger: 'INDEX' } as const

/** What engine and model once differed in, each as short as it was found; whichever was wrong has changed. */
const FOUND: Record<string, () => MarketScript> = {
  'T13 a pending order stayed pending when its working order expired': () => {
    const script = new MarketScript()
    script.list('OTO', [
      script.order('1 BUY 5 @ 90', { timeInForce: 'FOK' }),
      script.order('1 SELL 5 @ 120'),
    ])
    return script
  },
  'T13 a pending order was not placed when its working order was filled at once': () => {
    const script = new MarketScript()
    script.place('2 SELL 5 @ 100')
    script.list('OTO', [script.order('1 BUY 5 @ 100'), script.order('1 SELL 5 @ 120')])
    return script
  },
  'T6 a taker that asks for TRANSFER alone was told so, though it was DECREMENT': () => {
    const script = new MarketScript()
    script.place('1 SELL 9 @ 100')
    script.place('1 BUY 5 @ 100', { selfTradePrevention: 'TRANSFER' })
    return script
  },
  'T17 ONLY_NEW cancelled an order that was pending': () => {
    const script = new MarketScript()
    const pending = script.order('1 SELL 5 @ 120', { clientOrderId: 'pending' })
    script.list('OTO', [script.order('1 BUY 5 @ 90'), pending])
    const to = { userId: 1 as UserId, wallet: 'SPOT', symbol: SYMBOL } as const
    const order = { orderId: null, clientOrderId: 'pending' }
    script.do({ type: 'CancelOrder', ...to, order, restriction: 'ONLY_NEW' })
    return script
  },
  'T5 an order by quote quantity was filled when the book ran out': () => {
    const script = new MarketScript()
    script.place('2 BUY 5 @ 100')
    script.place('1 SELL 0', { quoteQuantity: 20_000_000n })
    return script
  },
  'X3 a spot order at market was refused without an index': () => {
    const script = new MarketScript()
    script.place('2 SELL 5 @ 100')
    script.place('1 BUY 5')
    return script
  },
  'T9 an order that trails the index began at the last trade': () => {
    const script = new MarketScript({}, BY_INDEX)
    script.index(100)
    script.tradeAt(50)
    script.place('1 SELL 5', { orderType: 'TAKE_PROFIT', trailingBips: 100 })
    script.index(98)
    return script
  },
  'T10 of a pair whose conditions both hold the younger was set off': () => {
    const script = new MarketScript({}, BY_INDEX)
    script.index(100)
    script.place('2 SELL 5 @ 100')
    script.list('OTOCO', [
      script.order('1 BUY 5 @ 100'),
      script.order('1 BUY 5', { orderType: 'STOP_LOSS', stopPrice: 95 }),
      script.order('1 BUY 5', { orderType: 'TAKE_PROFIT', stopPrice: 101 }),
    ])
    return script
  },
  'T19 what the volatility guard stopped was said to be outside the band': () => {
    const volatilityInterruption = { band: '0.2', windowMs: 1_000, pauseMs: 500 }
    const script = new MarketScript({ volatilityInterruption })
    script.tradeAt(10)
    script.nowMs += 1_000
    script.place('2 BUY 5 @ 60')
    script.place('1 SELL 7 @ 50')
    return script
  },
  'T5 T6 what was prevented did not count against a quote quantity': () => {
    const script = new MarketScript()
    script.place('1 SELL 7 @ 99')
    script.place('2 SELL 7 @ 102')
    const options = { quoteQuantity: 10_388_135n, selfTradePrevention: 'DECREMENT' }
    script.place('1 BUY 0', options)
    return script
  },
  'T12 an amended pair kept a lock that was too large': () => {
    const script = new MarketScript()
    script.index(95)
    const trailing = { orderType: 'STOP_LOSS', trailingBips: 50, clientOrderId: 'above' }
    script.list('OCO', [
      script.order('1 BUY 4', trailing),
      script.order('1 BUY 4', { orderType: 'TAKE_PROFIT', stopPrice: 97 }),
    ])
    const to = { userId: 1 as UserId, wallet: 'SPOT', symbol: SYMBOL } as const
    const order = { orderId: null, clientOrderId: 'above' }
    script.do({ type: 'AmendOrder', ...to, order, lots: 3, clientOrderId: 'above' } as Command)
    return script
  },
  'T5 T6 a prevention told the trade before it that the order was filled': () => {
    const script = new MarketScript()
    script.place('2 BUY 1 @ 100')
    script.place('3 BUY 9 @ 98', { icebergLots: 7 })
    script.place('1 BUY 8 @ 93')
    const options = { quoteQuantity: 18_202_459n, selfTradePrevention: 'DECREMENT' }
    script.place('1 SELL 0', options)
    return script
  },
  'T11 what is prevented counts as paid by a stop order to buy at market that is short of money':
    () => {
      const script = new MarketScript({}, BY_INDEX, [500_000n])
      script.index(10)
      script.place('1 SELL 5 @ 12')
      script.place('2 SELL 2 @ 8')
      const options = { orderType: 'TAKE_PROFIT', stopPrice: 3, selfTradePrevention: 'DECREMENT' }
      script.place('2 BUY 10', options)
      script.index(3)
      return script
    },
  'T12 T4 the funds of a pair were asked before its limit order would take': () => {
    const script = new MarketScript({}, {}, [500_000n])
    script.tradeAt(10)
    script.place('2 SELL 5 @ 9')
    script.list('OCO', [
      script.order('1 BUY 9', { orderType: 'STOP_LOSS', stopPrice: 12 }),
      script.order('1 BUY 9 @ 9', { orderType: 'LIMIT_MAKER' }),
    ])
    return script
  },
  'T12 a pair drifted apart when one order was kept from trading with its own group': () => {
    const script = new MarketScript()
    script.tradeAt(100)
    script.list('OCO', [
      script.order('1 SELL 10 @ 110', { orderType: 'LIMIT_MAKER' }),
      script.order('1 SELL 10', { orderType: 'STOP_LOSS', stopPrice: 90 }),
    ])
    script.place('1 BUY 2 @ 110', { selfTradePrevention: 'DECREMENT' })
    return script
  },
}

test.each(Object.keys(FOUND))('%s', (name) => {
  const script = FOUND[name]?.()
  expect(script === undefined ? 'no script' : differences(script)).toBeNull()
})
