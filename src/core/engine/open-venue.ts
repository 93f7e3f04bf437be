import { assert } from '../assert.ts'
import type { Command } from '../domain/command.ts'
import { parseVenue } from '../domain/parse-venue.ts'
import { VENUE_ACCOUNT } from '../ledger/chart.ts'
import { deposited } from '../ledger/entry.ts'
import { reviewIndexes } from './index-prices.ts'
import { announceRate } from './interest-rates.ts'
import { seedPool } from './lend.ts'
import type { ExchangeState } from './state.ts'
import { furnish } from './state.ts'

/** The journal's first command: markets, policy, the pools' supply and the insurance fund's start. */
export function openVenue(
  state: ExchangeState,
  { document }: Extract<Command, { type: 'OpenVenue' }>,
): null {
  assert(state.venue === null, 'a venue is opened once')
  const venue = parseVenue(document)
  furnish(state, venue)
  for (const asset of venue.assets) {
    seedPool(state, asset.index, asset.poolSupply)
  }
  for (const [asset, sum] of venue.policy.insuranceFund) {
    deposited(state.ledger, VENUE_ACCOUNT.insuranceFund, asset, sum)
  }
  state.events.push({ type: 'VenueOpened', document })
  for (const { index } of venue.assets) announceRate(state, index)
  // What is redeemed for USDT has its index from the start.
  reviewIndexes(state)
  return null
}
