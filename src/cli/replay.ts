import { existsSync, writeFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { barsOf } from '../server/feed/bars.ts'
import { CandleFault, readCandles } from '../server/feed/candles.ts'
import { indexPriceOf } from '../server/feed/feed.ts'
import { nodeStorage } from '../server/journal/node-storage.ts'
import { journalDirectory } from '../server/journal/segment.ts'
import { JournalWriter } from '../sim/journal-writer.ts'
import type { ReplayResult } from '../sim/replay.ts'
import { replay } from '../sim/replay.ts'
import { replayReport } from '../sim/replay-report.ts'
import type { Observer } from '../sim/session.ts'
import { loadProfile } from '../venue/profile.ts'
import { progress } from './progress.ts'

/** As the command line gives them: `fulcrum replay PATH --accounts N …`. */
export interface ReplayOptions {
  readonly path: string
  readonly accounts?: string | number
  readonly seed?: string | number
  /** A profile's name or file. */
  readonly policy?: string
  /** ISO dates or times, UTC; bars that open within them, ends included. */
  readonly from?: string
  readonly to?: string
  /** Files to write. */
  readonly report?: string
  readonly json?: string
  /** A folder to leave the run's journal in, for `fulcrum audit`. */
  readonly journal?: string
  /** `BTC=30000,USDC=1`: what quote assets are worth in USDT where the candles do not tell. */
  readonly quotePrices?: string
}

const ACCOUNTS = 500
const ACCOUNTS_MAX = 100_000

/** Replays candles, prints what came of it, writes the files asked for. The exit code: 0 when the audit holds. */
export async function runReplay(options: ReplayOptions): Promise<number> {
  try {
    if (options.journal !== undefined && existsSync(journalDirectory(options.journal))) {
      throw new CandleFault(`${options.journal} has a journal already; name another folder`)
    }
    const writer = new JournalWriter()
    const result = replayed(options, options.journal === undefined ? null : writer.observer)
    if (options.journal !== undefined) await writer.write(nodeStorage(), options.journal)
    if (options.json !== undefined) writeFileSync(options.json, replayJson(result))
    if (options.report !== undefined) {
      writeFileSync(options.report, replayReport(result, sourceName(options.path)))
    }
    console.log(summary(result))
    return result.audit.ok ? 0 : 1
  } catch (error) {
    if (!(error instanceof CandleFault)) throw error
    console.error(`fulcrum replay: ${error.message}`)
    return 2
  }
}

/** The same result gives the same bytes. */
export function replayJson(result: ReplayResult): string {
  return `${JSON.stringify(result, null, 2)}\n`
}

function replayed(options: ReplayOptions, observer: Observer | null): ReplayResult {
  const from = timeOf(options.from, 0)
  const to = timeOf(options.to, Number.MAX_SAFE_INTEGER)
  return replay({
    bars: barsOf(readCandles(options.path), from, to),
    profile: loadProfile(options.policy ?? 'classic'),
    seed: wholeNumber('seed', options.seed, 1, Number.MAX_SAFE_INTEGER),
    accounts: wholeNumber('accounts', options.accounts, ACCOUNTS, ACCOUNTS_MAX),
    quotePrices: quotePricesOf(options.quotePrices ?? ''),
    ...(observer === null ? {} : { observer }),
    onProgress: progress('replay'),
  })
}

function wholeNumber(
  name: string,
  given: string | number | undefined,
  otherwise: number,
  max: number,
): number {
  const value = given === undefined ? otherwise : Number(given)
  if (!Number.isSafeInteger(value) || value < 0 || value > max) {
    throw new CandleFault(`--${name} is a whole number from 0 to ${max}, not ${given}`)
  }
  return value
}

function timeOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`
  const time = Date.parse(zoned)
  if (Number.isNaN(time)) throw new CandleFault(`"${text}" is no date such as 2024-08-05T00:00`)
  return time
}

function quotePricesOf(text: string): Map<string, bigint> {
  const prices = new Map<string, bigint>()
  for (const item of text.split(',').filter((part) => part !== '')) {
    const [code = '', price = ''] = item.split('=')
    const parsed = indexPriceOf(price)
    if (parsed === null) throw new CandleFault(`"${item}" is not as in BTC=30000`)
    prices.set(code.toUpperCase(), parsed)
  }
  return prices
}

function sourceName(path: string): string {
  const full = resolve(path)
  return `${basename(dirname(full))}/${basename(full)}`
}

function summary(result: ReplayResult): string {
  const { series: _series, audit, ...figures } = result
  const { violations, ...verdict } = audit
  return JSON.stringify(
    { ...figures, audit: { ...verdict, violations: violations.slice(0, 10) } },
    null,
    2,
  )
}
