import type { AssetIndex } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import type { Commission, Policy, TradingSymbol } from '../domain/venue.ts'
import type { Amount } from '../money/amount.ts'
import { INDEX_PRICE_SCALE } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divCeil, divFloor } from '../money/rounding.ts'
import type { ExchangeState, User } from './state.ts'
import { venueOf } from './state.ts'

/** Full days of trading that a fee tier looks at (rule T27). */
export const VOLUME_DAYS = 30

/** What a user pays of what a trade brings them: by the part they play in it and by their side (rule T27). */
export function feeRateOf(
  { trading }: Policy,
  { fees }: TradingSymbol,
  { feeTier }: User,
  part: 'maker' | 'taker',
  side: Side,
): Rate {
  const by = side === 'BUY' ? 'buyer' : 'seller'
  const { standard, additional } = fees
  const own =
    standard === null ? (trading.feeTiers[feeTier]?.[part] ?? 0n) : standard[part] + standard[by]
  return (own + additional[part] + additional[by]) as Rate
}

/** Standard rates of a user on a symbol. */
export function standardCommissionOf(
  { trading }: Policy,
  { fees }: TradingSymbol,
  { feeTier }: User,
): Commission {
  if (fees.standard !== null) return fees.standard
  const { maker, taker } = trading.feeTiers[feeTier] ?? { maker: 0n as Rate, taker: 0n as Rate }
  return { maker, taker, buyer: 0n as Rate, seller: 0n as Rate }
}

/** Rounded up (rule R1). */
export function feeOn(received: Amount, rate: Rate): Amount {
  return divCeil(received * rate, RATE_SCALE) as Amount
}

/** Notes what a trade moved, for both who took part. What has no index price counts for nothing. */
export function noteVolume(
  state: ExchangeState,
  users: readonly [User, User],
  quoteAsset: AssetIndex,
  quote: Amount,
): void {
  const { usdt } = venueOf(state)
  const price = state.prices[quoteAsset] ?? 0n
  const worth = quoteAsset === usdt ? quote : divFloor(quote * price, INDEX_PRICE_SCALE)
  for (const { volume } of users) volume.today += worth
}

/** A user's volume of the last full days, 10⁻⁸ USDT. */
export function volumeOf({ volume }: User): Amount {
  return volume.days.reduce((sum, day) => sum + day, 0n) as Amount
}

/** A UTC day has ended: every user's volume moves on, and with it their tier. */
export function closeDay(state: ExchangeState): void {
  for (const user of state.users) {
    const { volume } = user
    if (volume.today === 0n && volume.days.length === 0) continue
    volume.days.push(volume.today)
    volume.today = 0n
    if (volume.days.length > VOLUME_DAYS) volume.days.shift()
    if (volumeOf(user) === 0n) volume.days = []
  }
  reviewFeeTiers(state)
}

/** Every user stands in the tier that their volume of the last full days is for. */
export function reviewFeeTiers(state: ExchangeState): void {
  const { feeTiers } = venueOf(state).policy.trading
  for (const user of state.users) {
    if (user.volume.days.length === 0 && user.feeTier === 0) continue
    const volume = volumeOf(user)
    const tier = feeTiers.findLastIndex((one) => volume >= one.volume)
    if (tier === user.feeTier) continue
    user.feeTier = tier
    state.events.push({ type: 'FeeTierChanged', userId: user.id, tier, volume })
  }
}
