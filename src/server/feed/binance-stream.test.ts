import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BINANCE } from './binance-stream.ts'

const recorded = readFileSync(
  new URL('./fixtures/binance-combined-stream.ndjson', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')

test('every recorded best bid and ask is priced at its exact middle, and no recorded trade at all', () => {
  expect(recorded.length).toBeGreaterThan(40)
  const codes = new Set<string>()
  for (const line of recorded) {
    const { stream, data } = JSON.parse(line) as { stream: string; data: { b: string; a: string } }
    const priced = BINANCE.priceOf(line)
    if (!stream.endsWith('@bookTicker')) {
      expect(priced).toBeNull()
      continue
    }
    const [code, price] = priced ?? ['', '0']
    codes.add(code)
    const hundredths = (text: string) => BigInt(text.replace('.', '').slice(0, -6))
    const middle = (hundredths(data.b) + hundredths(data.a)) * 5n
    expect(price.replace('.', '')).toBe(middle.toString().padEnd(price.length - 1, '0'))
  }
  expect([...codes].sort()).toEqual(['BTC', 'ETH'])
})
