import type { AssetIndex, SymbolIndex } from '../../core/domain/ids.ts'
import type { TradingSymbol, Venue } from '../../core/domain/venue.ts'
import type { Amount } from '../../core/money/amount.ts'

/** For tests: two symbols with a tick of 0.01 USDT and a lot of 0.001 of the base. */
export const SCRIPT_VENUE = {
  assets: ['USDT', 'BTC', 'ETH'].map((code, index) => ({ index, code })),
  symbols: [symbol(0, 'BTCUSDT', 1), symbol(1, 'ETHUSDT', 2)],
  symbolByName: new Map([
    ['BTCUSDT', symbol(0, 'BTCUSDT', 1)],
    ['ETHUSDT', symbol(1, 'ETHUSDT', 2)],
  ]),
} as unknown as Venue

function symbol(index: number, name: string, base: number): TradingSymbol {
  return {
    index: index as SymbolIndex,
    symbol: name,
    base: base as AssetIndex,
    quote: 0 as AssetIndex,
    tickSize: 1_000_000n as Amount,
    stepSize: 100_000n as Amount,
    quotePerTickLot: 1_000n,
  } as TradingSymbol
}
