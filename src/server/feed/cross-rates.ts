/** A pair as its name says it. */
export interface Pair {
  readonly symbol: string
  readonly base: string
  readonly quote: string
}

const SCALE = 100_000_000n
const USDT = 'USDT'

// Longest first, as USDT ends like no other but USD is how some of them start.
const QUOTES = ['FDUSD', 'USDT', 'USDC', 'BUSD', 'TUSD', 'USD', 'EUR', 'TRY', 'BTC', 'ETH', 'BNB']

/** `ETHBTC` is ETH in BTC; null when the name ends with no known quote asset. */
export function pairOf(symbol: string): Pair | null {
  for (const quote of QUOTES) {
    if (symbol.length > quote.length && symbol.endsWith(quote)) {
      return { symbol, base: symbol.slice(0, -quote.length), quote }
    }
  }
  return null
}

/**
 * Each asset's USDT price, as counts of 10⁻⁸, from the prices of pairs: directly where there is a USDT pair, else
 * through other pairs. An asset that nothing connects to USDT is left out. Earlier pairs win. Rounded down.
 */
export function usdtPrices(
  quotes: readonly { readonly pair: Pair; readonly price: bigint }[],
): Map<string, bigint> {
  const found = new Map<string, bigint>([[USDT, SCALE]])
  for (const { pair, price } of quotes) {
    if (pair.quote === USDT && !found.has(pair.base)) found.set(pair.base, price)
  }
  let grew = true
  while (grew) {
    grew = false
    for (const { pair, price } of quotes) {
      const base = found.get(pair.base)
      const quote = found.get(pair.quote)
      if (base === undefined && quote !== undefined) {
        grew = setPositive(found, pair.base, (price * quote) / SCALE) || grew
      } else if (base !== undefined && quote === undefined) {
        grew = setPositive(found, pair.quote, (base * SCALE) / price) || grew
      }
    }
  }
  found.delete(USDT)
  return found
}

function setPositive(found: Map<string, bigint>, code: string, price: bigint): boolean {
  if (price <= 0n) return false
  found.set(code, price)
  return true
}
