import type { Command, MassQuote } from '../core/domain/command.ts'
import type { Outcome } from '../core/domain/event.ts'
import type { SymbolIndex, UserId } from '../core/domain/ids.ts'
import type { TradingSymbol, Venue } from '../core/domain/venue.ts'
import type { IndexPrice } from '../core/money/price.ts'
import { INDEX_PRICE_SCALE } from '../core/money/price.ts'
import type { QuoteSettings } from './quote.ts'
import { fairPrice, NO_QUOTE, quote } from './quote.ts'

/** Where commands go; the sequencer is one. */
export interface CommandSink {
  submit(command: Command): Promise<Outcome>
}

export interface MarketMakerSettings extends QuoteSettings {
  readonly enabled: boolean
}

export const MARKET_MAKER_SETTINGS: MarketMakerSettings = {
  spreadBps: 4,
  depthUsdt: 2_000_000,
  levels: 12,
  skew: 0,
  enabled: true,
}

/** A quote is renewed once the fair price is off by this share of the spread. */
const REQUOTE_SHARE = 0.25
const COMMANDS_PER_SECOND = 40
const PUMP_INTERVAL_MS = 50

interface QuotedSymbol {
  readonly symbol: TradingSymbol
  settings: MarketMakerSettings
  /** The fair price quoted around last; null: never, or withdrawn. */
  quotedAround: bigint | null
  /** Traded against or reconfigured since. */
  dirty: boolean
}

/**
 * Keeps a two-sided book on every symbol around the index prices it is told.
 *
 * It renews a symbol's whole quote in one command, those farthest off first, and never sends more than
 * `COMMANDS_PER_SECOND`, so that a storm of prices does not crowd out users.
 */
export class MarketMaker {
  readonly userId: UserId
  readonly #sink: CommandSink
  readonly #symbols: QuotedSymbol[]
  readonly #prices: (IndexPrice | null)[]
  #allowance: number
  #timer: NodeJS.Timeout | null = null
  readonly #commandsPerSecond: number

  constructor(
    sink: CommandSink,
    venue: Venue,
    userId: UserId,
    settings = MARKET_MAKER_SETTINGS,
    commandsPerSecond = COMMANDS_PER_SECOND,
  ) {
    this.#sink = sink
    this.userId = userId
    this.#commandsPerSecond = commandsPerSecond
    this.#allowance = commandsPerSecond
    this.#prices = venue.assets.map(() => null)
    this.#prices[venue.usdt] = INDEX_PRICE_SCALE as IndexPrice
    this.#symbols = venue.symbols.map((symbol) => ({
      symbol,
      settings,
      quotedAround: null,
      dirty: false,
    }))
  }

  /** Renews quotes as they fall due, until `stop`. */
  start(): void {
    if (this.#timer !== null) return
    this.#timer = setInterval(() => {
      this.#earn(PUMP_INTERVAL_MS)
      for (const command of this.takeDue()) {
        // A venue that is closing or overloaded takes nothing; the quote is tried again while there is a timer.
        this.#submit(command).catch(() => this.#markDirty(command.symbol))
      }
    }, PUMP_INTERVAL_MS)
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  /** New index prices; null withdraws an asset's, and with it the quotes that need it. */
  onPrices(prices: readonly (readonly [asset: number, price: IndexPrice | null])[]): void {
    for (const [asset, price] of prices) this.#prices[asset] = price
  }

  /** Takes note of trades against its quotes, so that they are filled up again. */
  observe(outcome: Outcome): void {
    for (const event of outcome.events) {
      if (event.type !== 'TradeExecuted' || event.maker.userId !== this.userId) continue
      this.#markDirty(event.symbol)
    }
  }

  settingsOf(symbol: SymbolIndex): MarketMakerSettings {
    return this.#symbols[symbol]?.settings ?? MARKET_MAKER_SETTINGS
  }

  configure(symbol: SymbolIndex, change: Partial<MarketMakerSettings>): void {
    const quoted = this.#symbols[symbol]
    if (quoted === undefined) return
    quoted.settings = { ...quoted.settings, ...change }
    quoted.dirty = true
  }

  /** Renews at once, past the limit on commands, every quote that is off; resolves when all are in force. */
  async requote(): Promise<void> {
    const commands = this.#symbols.flatMap((quoted) => this.#renewed(quoted) ?? [])
    await Promise.all(commands.map((command) => this.#submit(command)))
  }

  /** The commands to send now: what is farthest off, as many as the allowance lets through. */
  takeDue(): MassQuote[] {
    const due = this.#symbols
      .map((quoted) => ({ quoted, urgency: this.#urgency(quoted) }))
      .filter(({ urgency }) => urgency >= 1)
      .sort((a, b) => b.urgency - a.urgency)
      .slice(0, Math.floor(this.#allowance))
    this.#allowance -= due.length
    return due.flatMap(({ quoted }) => this.#renewed(quoted) ?? [])
  }

  #earn(elapsedMs: number): void {
    const earned = this.#allowance + (this.#commandsPerSecond * elapsedMs) / 1000
    this.#allowance = Math.min(this.#commandsPerSecond, earned)
  }

  /** How far off a quote is; from 1 on it should be renewed. */
  #urgency(quoted: QuotedSymbol): number {
    const fair = this.#fairPrice(quoted)
    if (fair === null) return quoted.quotedAround === null ? 0 : Infinity
    if (quoted.quotedAround === null) return quoted.settings.enabled ? Infinity : 0
    const moved = Math.abs(Number(fair - quoted.quotedAround)) / Number(quoted.quotedAround)
    const tolerated = (quoted.settings.spreadBps / 10_000) * REQUOTE_SHARE
    return Math.max(quoted.dirty ? 1 : 0, moved / tolerated)
  }

  #renewed(quoted: QuotedSymbol): MassQuote | null {
    if (this.#urgency(quoted) < 1) return null
    const { symbol, settings } = quoted
    const fair = this.#fairPrice(quoted)
    const quotePrice = this.#prices[symbol.quote] ?? null
    quoted.dirty = false
    quoted.quotedAround = fair
    const levels =
      fair === null || quotePrice === null ? NO_QUOTE : quote(symbol, fair, quotePrice, settings)
    return { type: 'MassQuote', userId: this.userId, symbol: symbol.index, ...levels }
  }

  #fairPrice(quoted: QuotedSymbol): bigint | null {
    if (!quoted.settings.enabled) return null
    const { symbol } = quoted
    return fairPrice(symbol, this.#prices[symbol.base] ?? null, this.#prices[symbol.quote] ?? null)
  }

  /** A refused quote is tried again with the next prices: the book then shows less than it should, never more. */
  async #submit(command: MassQuote): Promise<void> {
    const outcome = await this.#sink.submit(command)
    if (outcome.refusal !== null) this.#markDirty(command.symbol)
  }

  #markDirty(symbol: SymbolIndex): void {
    const quoted = this.#symbols[symbol]
    if (quoted !== undefined) quoted.dirty = true
  }
}
