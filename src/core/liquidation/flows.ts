import type { Event, EventOf, TradeSide } from '../domain/event.ts'
import type { AssetIndex, SymbolIndex, UserId } from '../domain/ids.ts'
import type { BufferCause } from '../domain/liquidation.ts'
import type { TradingSymbol, Venue } from '../domain/venue.ts'
import { baseOf } from '../domain/venue.ts'
import type { WalletReference } from '../domain/wallet.ts'
import { pairOf } from '../domain/wallet.ts'
import type { Flow } from './buffer-account.ts'

/** Takes a movement in a user's margin account: of a pair, or the cross account. */
export type NoteFlow = (userId: UserId, pair: SymbolIndex | null, flow: Flow) => void

/** What an event moved in margin accounts: together, every change of what these hold and owe. */
export function flowsOf(event: Event, venue: Venue, note: NoteFlow): void {
  const move = (
    { userId, pair }: { readonly userId: UserId; readonly pair: SymbolIndex | null },
    cause: BufferCause,
    asset: AssetIndex,
    held: bigint,
    owed: bigint,
  ): void => note(userId, pair, { cause, shownAs: asset, asset, held, owed })
  switch (event.type) {
    case 'Deposited':
      intoOrOutOf(event.wallet, (pair) =>
        move({ userId: event.userId, pair }, 'deposit', event.asset, event.amount, 0n),
      )
      return
    case 'Transferred':
      intoOrOutOf(event.from, (pair) =>
        move({ userId: event.userId, pair }, 'transfer', event.asset, -event.amount, 0n),
      )
      intoOrOutOf(event.to, (pair) =>
        move({ userId: event.userId, pair }, 'transfer', event.asset, event.amount, 0n),
      )
      return
    case 'LoanTaken':
      move(event, 'loan', event.asset, event.amount, event.amount)
      return
    case 'LoanRepaid': {
      const sum = event.interest + event.principal
      move(event, 'repayment', event.asset, -sum, -sum)
      return
    }
    case 'InterestCharged':
      if (event.paid === null) move(event, 'interest', event.asset, 0n, event.interest)
      else move(event, 'interest', event.paid.asset, -event.paid.amount, 0n)
      return
    case 'SmallDebtExchanged': {
      const cross = { userId: event.userId, pair: null }
      move(cross, 'trade', event.asset, event.amount, 0n)
      move(cross, 'trade', venue.usdt, -event.targetAmount, 0n)
      return
    }
    case 'TradeExecuted':
      flowsOfTrade(event, venue, note)
      return
    case 'LossShared':
      move(event, 'loss_shared', event.asset, 0n, -event.amount)
      return
    case 'LiquidationTakenOver':
      for (const [asset, sum] of event.assets) move(event, 'takeover', asset, -sum, 0n)
      for (const [asset, sum] of event.debts) move(event, 'takeover', asset, 0n, -sum)
      for (const [asset, sum] of event.given) move(event, 'takeover', asset, sum, 0n)
      return
    case 'LossRecovered':
      intoOrOutOf(event.wallet, (pair) =>
        move({ userId: event.userId, pair }, 'recovery', event.asset, -event.amount, 0n),
      )
      return
    case 'LiquidationFinished':
      move(event, 'clearance_fee', moneyOf(venue, event.pair), -event.clearanceFee, 0n)
      return
    default:
      return
  }
}

/** Margin accounts only: what lies elsewhere secures no debt. */
function intoOrOutOf(wallet: WalletReference, act: (pair: SymbolIndex | null) => void): void {
  if (wallet === 'CROSS_MARGIN' || typeof wallet === 'object') act(pairOf(wallet))
}

function moneyOf(venue: Venue, pair: SymbolIndex | null): AssetIndex {
  return (pair === null ? undefined : venue.symbols[pair]?.quote) ?? venue.usdt
}

function flowsOfTrade(event: EventOf<'TradeExecuted'>, venue: Venue, note: NoteFlow): void {
  const symbol = venue.symbols[event.symbol]
  if (symbol === undefined) return
  flowsOfSide(event, event.maker, symbol, TRADE_CAUSES, note)
  const closes = event.liquidationId !== null
  const causes = closes ? LIQUIDATION_CAUSES : TRADE_CAUSES
  flowsOfSide(event, event.taker, symbol, causes, note)
}

type Causes = readonly [trade: BufferCause, fee: BufferCause]

const TRADE_CAUSES: Causes = ['trade', 'trading_fee']
const LIQUIDATION_CAUSES: Causes = ['liquidation_trade', 'liquidation_fee']

function flowsOfSide(
  { lots, quote }: EventOf<'TradeExecuted'>,
  { userId, wallet, side, fee, feeAsset }: TradeSide,
  symbol: TradingSymbol,
  [trade, paid]: Causes,
  note: NoteFlow,
): void {
  if (wallet !== 'CROSS_MARGIN' && wallet !== 'ISOLATED_MARGIN') return
  const pair = wallet === 'ISOLATED_MARGIN' ? symbol.index : null
  const sign = side === 'BUY' ? 1n : -1n
  const shownAs = symbol.base
  const base = sign * baseOf(symbol, lots)
  note(userId, pair, { cause: trade, shownAs, asset: symbol.base, held: base, owed: 0n })
  note(userId, pair, { cause: trade, shownAs, asset: symbol.quote, held: -sign * quote, owed: 0n })
  note(userId, pair, { cause: paid, shownAs: feeAsset, asset: feeAsset, held: -fee, owed: 0n })
}
