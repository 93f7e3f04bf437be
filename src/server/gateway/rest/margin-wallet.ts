import type { TradingWallet } from '../../../core/domain/command.ts'
import type { SymbolIndex } from '../../../core/domain/ids.ts'
import type { TradingSymbol } from '../../../core/domain/venue.ts'
import { refusalError } from '../../../wire/error.ts'
import type { Parameters } from '../../../wire/parameters.ts'
import { readSymbol, symbolNamed } from '../../../wire/place-order.ts'
import type { UserCall } from '../endpoint.ts'

/** What `isIsolated` says: orders of cross margin, or of the isolated account of the symbol. */
export function readMarginWallet(parameters: Parameters): TradingWallet {
  return parameters.flag('isIsolated', false) ? 'ISOLATED_MARGIN' : 'CROSS_MARGIN'
}

/** As `readMarginWallet`, where a question is about an account that has to be there. -1102, -11001. */
export function knownMarginWallet(call: UserCall): TradingWallet {
  const wallet = readMarginWallet(call.parameters)
  if (wallet === 'ISOLATED_MARGIN') {
    requireAccount(call, readSymbol(call.parameters, call.deps.engine.venue))
  }
  return wallet
}

/** The pair that `isIsolated` and `symbol` name; null: cross margin. -1102. */
export function readPair({ deps, parameters }: UserCall): SymbolIndex | null {
  if (readMarginWallet(parameters) === 'CROSS_MARGIN') return null
  return readSymbol(parameters, deps.engine.venue).index
}

/** The pair that `isolatedSymbol` names; undefined: none. */
export function readIsolatedSymbol({ deps, parameters }: UserCall): SymbolIndex | undefined {
  const name = parameters.text('isolatedSymbol')
  return name === undefined ? undefined : symbolNamed(name, deps.engine.venue).index
}

function requireAccount({ deps, userId }: UserCall, { index, symbol }: TradingSymbol): void {
  const [account] = deps.engine.ask('isolatedAccounts', { userId, pairs: [index] })
  if (account?.created !== true) throw refusalError({ reason: 'isolated_unknown', symbol })
}
