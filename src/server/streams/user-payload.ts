import { present } from '../../core/assert.ts'
import type { BalanceChanged } from '../../core/domain/event.ts'
import type { AssetIndex, Sequence, SymbolIndex, TimestampMs } from '../../core/domain/ids.ts'
import type { TradingSymbol, Venue } from '../../core/domain/venue.ts'
import { amountText } from '../../wire/number-text.ts'
import type { AccountPosition, BalanceUpdate, UserLiabilityChange } from '../../wire/user-stream.ts'

/** Where and when in the venue's history an event happened. */
export interface Moment {
  readonly venue: Venue
  readonly sequence: Sequence
  readonly timestampMs: TimestampMs
}

/** `changes` are of one wallet; of two for one asset the later counts. */
export function accountPosition(
  moment: Moment,
  changes: readonly BalanceChanged[],
): AccountPosition {
  const byAsset = new Map(changes.map((change) => [change.asset, change]))
  return {
    e: 'outboundAccountPosition',
    E: moment.timestampMs,
    u: moment.timestampMs,
    B: [...byAsset.values()].map((change) => ({
      a: assetCode(moment.venue, change.asset),
      f: amountText(change.free),
      l: amountText(change.locked),
    })),
  }
}

export function balanceUpdate(moment: Moment, asset: AssetIndex, delta: bigint): BalanceUpdate {
  return {
    e: 'balanceUpdate',
    E: moment.timestampMs,
    a: assetCode(moment.venue, asset),
    d: amountText(delta),
    T: moment.timestampMs,
  }
}

export function liabilityChange(
  moment: Moment,
  asset: AssetIndex,
  type: UserLiabilityChange['t'],
  principal: bigint,
  interest: bigint,
): UserLiabilityChange {
  return {
    e: 'USER_LIABILITY_CHANGE',
    E: moment.timestampMs,
    a: assetCode(moment.venue, asset),
    t: type,
    p: amountText(principal),
    i: amountText(interest),
  }
}

export function symbolOf(venue: Venue, symbol: SymbolIndex): TradingSymbol {
  return present(venue.symbols[symbol], 'an order is in a venue’s symbol')
}

export function assetCode(venue: Venue, asset: AssetIndex): string {
  return present(venue.assets[asset], 'a balance is of a venue’s asset').code
}
