import { indexPriceOf } from './feed.ts'

/** How an exchange's public stream of prices is spoken with. Each asset is priced through its pair against USDT. */
export interface PriceStream {
  /** The source's name in a policy (rule X1). */
  readonly source: string
  readonly url: (assetCodes: readonly string[]) => string
  /** What is said once connected. */
  readonly subscriptions: (assetCodes: readonly string[]) => readonly string[]
  /** What is said every so often, or the exchange hangs up; null: nothing. */
  readonly keepAlive: string | null
  /** The asset and its USDT price that a message tells; null for any other message. */
  readonly priceOf: (text: string) => readonly [assetCode: string, price: string] | null
}

const MID_DECIMALS = 9

/** A message's fields; none for what is no JSON object. */
export function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    return {}
  }
}

export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** The exact middle of bid and ask; null unless both are prices and do not cross. */
export function middleOf(bid: unknown, ask: unknown): string | null {
  const low = typeof bid === 'string' ? indexPriceOf(bid) : null
  const high = typeof ask === 'string' ? indexPriceOf(ask) : null
  if (low === null || high === null || low > high) return null
  // Half of 10^-8 is five of 10^-9: one place more, and nothing is rounded.
  const digits = ((low + high) * 5n).toString().padStart(MID_DECIMALS + 1, '0')
  return `${digits.slice(0, -MID_DECIMALS)}.${digits.slice(-MID_DECIMALS)}`
}

/** `BTC` of `BTCUSDT`; null for any other pair. */
export function baseOfPair(pair: unknown, ending = 'USDT'): string | null {
  if (typeof pair !== 'string' || !pair.endsWith(ending) || pair === ending) return null
  return pair.slice(0, -ending.length)
}
