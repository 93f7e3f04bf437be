import type { AssetIndex, Sequence, TimestampMs } from '../domain/ids.ts'
import type { BufferCause, BufferLine } from '../domain/liquidation.ts'
import type { Prices } from '../margin/prices.ts'
import { priceOf } from '../margin/prices.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_SCALE } from '../money/rate.ts'

// The buffer is T − k·D, as a whole number of 10⁻²⁸ USDT: values have sixteen places, the level k twelve. Nothing is
// ever divided, so the parts sum to the whole exactly.

/** A movement of one asset in one account. */
export interface Flow {
  readonly cause: BufferCause
  /** The asset it is shown under: for both legs of a trade, the base. */
  readonly shownAs: AssetIndex
  readonly asset: AssetIndex
  readonly held: bigint
  readonly owed: bigint
}

/** One asset as it was last looked at. */
export interface Line {
  held: bigint
  owed: bigint
  /** Index price; 0 while unknown, as in the valuation. */
  price: bigint
}

/**
 * What moved the buffer of one account since a moment (rule Q7). Kept only for accounts at or below their call level
 * and for those being liquidated.
 */
export interface BufferAccount {
  sinceMs: TimestampMs
  level: Rate
  /** The buffer at that moment. */
  start: bigint
  readonly lines: Map<AssetIndex, Line>
  /** Change by `cause/asset`, in order of first occurrence. */
  readonly changes: Map<string, bigint>
  /** Up to where the events of which command are accounted for. */
  sequence: Sequence
  noted: number
}

export function bufferOf({ lines, level }: Pick<BufferAccount, 'lines' | 'level'>): bigint {
  let buffer = 0n
  for (const { held, owed, price } of lines.values()) {
    buffer += (held * RATE_SCALE - owed * level) * price
  }
  return buffer
}

/** Begins anew from how things stand in the account. */
export function restart(account: BufferAccount, sinceMs: TimestampMs): void {
  account.sinceMs = sinceMs
  account.start = bufferOf(account)
  account.changes.clear()
}

/** Index prices are now these: what is held and owed is worth something else. */
export function notePrices({ lines, level, changes }: BufferAccount, prices: Prices): void {
  for (const [asset, line] of lines) {
    const price = priceOf(prices, asset) ?? 0n
    if (price === line.price) continue
    const exposure = line.held * RATE_SCALE - line.owed * level
    add(changes, 'price', asset, exposure * (price - line.price))
    line.price = price
  }
}

export function noteFlow(
  { lines, level, changes }: BufferAccount,
  flow: Flow,
  prices: Prices,
): void {
  const { cause, shownAs, asset, held, owed } = flow
  const line = lineOf(lines, asset, prices)
  line.held += held
  line.owed += owed
  add(changes, cause, shownAs, (held * RATE_SCALE - owed * level) * line.price)
}

/** The level itself is another one now, with the leverage or the policy. */
export function noteLevel(account: BufferAccount, level: Rate): void {
  if (level === account.level) return
  const before = bufferOf(account)
  account.level = level
  add(account.changes, 'level', null, bufferOf(account) - before)
}

/** What no event told of: the account holds or owes another sum than what flowed. */
export function noteRest(
  account: BufferAccount,
  asset: AssetIndex,
  now: { readonly held: bigint; readonly owed: bigint },
  prices: Prices,
): void {
  const { held, owed } = lineOf(account.lines, asset, prices)
  const rest = { held: now.held - held, owed: now.owed - owed }
  if (rest.held === 0n && rest.owed === 0n) return
  noteFlow(account, { cause: 'other', shownAs: asset, asset, ...rest }, prices)
}

export function linesOf({ changes }: BufferAccount): BufferLine[] {
  return [...changes]
    .filter(([, change]) => change !== 0n)
    .map(([key, change]) => {
      const [cause, asset] = key.split('/')
      return {
        cause: cause as BufferCause,
        asset: asset === '' ? null : (Number(asset) as AssetIndex),
        change,
      }
    })
}

function lineOf(lines: Map<AssetIndex, Line>, asset: AssetIndex, prices: Prices): Line {
  let line = lines.get(asset)
  if (line === undefined) {
    line = { held: 0n, owed: 0n, price: priceOf(prices, asset) ?? 0n }
    lines.set(asset, line)
  }
  return line
}

function add(
  changes: Map<string, bigint>,
  cause: BufferCause,
  asset: AssetIndex | null,
  change: bigint,
): void {
  const key = `${cause}/${asset ?? ''}`
  changes.set(key, (changes.get(key) ?? 0n) + change)
}
