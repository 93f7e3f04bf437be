import { CASCADE, GDAX, QUOINE, ZERO_BID } from './book-incidents.ts'
import type { Incident } from './incident.ts'
import {
  DELISTED,
  HYPERLIQUID,
  LUNA,
  MANGO,
  OKEX,
  RECURSIVE,
  TWO_TRANSFERS,
  YFI,
} from './loan-incidents.ts'
import { DUST, FTX, INTEREST, RACE, WATERFALL } from './loss-incidents.ts'

/** What cannot be played yet, and why. */
function waiting(code: Incident['code'], title: string, missing: string): Incident {
  return { code, title, play: null, without: [], missing }
}

/** The incidents S01 to S32 of the venue's risk catalogue, in order; a test counts them. */
export const INCIDENTS: readonly Incident[] = [
  GDAX,
  waiting(
    'S02',
    'users are locked out while their margin is liquidated',
    'a halt that follows from lost sessions, and a reopening auction with notice; liquidation by the index alone is S01 and S20',
  ),
  QUOINE,
  waiting(
    'S04',
    'lenders share the loss of a collateral that collapsed',
    'lenders with claims of their own, and a cap on one collateral over all accounts (C3); the order of who pays is S26',
  ),
  OKEX,
  MANGO,
  YFI,
  HYPERLIQUID,
  waiting(
    'S09',
    'a toxic position is dumped on the backstop',
    'a loss limit of the fund for each asset, and a last resort past it',
  ),
  waiting(
    'S10',
    'a wrapped asset falls on its own thin book',
    'a twin: test/scenarios/index-prices.test.ts plays a staked asset that falls on its own book (X2)',
  ),
  waiting(
    'S11',
    'one source of a debt asset spikes',
    'a twin: test/scenarios/index-prices.test.ts plays one source far off on the debt side (X3)',
  ),
  waiting(
    'S12',
    'an index source turns to garbage',
    'a twin: src/core/index-price/weighted-median.test.ts has the tables (X1)',
  ),
  LUNA,
  waiting(
    'S14',
    'a flood of reads starves the orders',
    'a measured load on a running venue, and orders that expire by their own window when the engine takes them',
  ),
  RACE,
  waiting(
    'S16',
    'a poison command stops the matching engine',
    'played by the sequencer and not by commands alone: src/server/sequencer/sequencer.test.ts sets such a command aside',
  ),
  FTX,
  waiting(
    'S18',
    'a reward is paid in the wrong unit',
    'credits paid out of a funded account: deposits come from outside, and there is no batch of them',
  ),
  ZERO_BID,
  CASCADE,
  DUST,
  waiting(
    'S22',
    'the clock of the machine jumps',
    'a halt for a step larger than a limit; that time never runs back is V10',
  ),
  waiting(
    'S23',
    'the same loan is sent fifty times while the leader dies',
    'idempotency keys for loans and transfers: the same signed bytes are taken once, by one process',
  ),
  DELISTED,
  waiting('S25', 'an operator lowers a haircut', 'changes of policy in a running venue (O1, O2)'),
  WATERFALL,
  waiting(
    'S27',
    'an owner liquidates one account into the orders of another',
    'a bankruptcy bound on liquidation orders: inside the band the owner may gain what the fund pays',
  ),
  waiting(
    'S28',
    'an isolated account goes bankrupt',
    'a twin: the tests of isolated margin play it (S1)',
  ),
  INTEREST,
  TWO_TRANSFERS,
  RECURSIVE,
  waiting(
    'S32',
    'the figure of the fund is read while liquidations run',
    'public answers that carry the sequence they are true at',
  ),
]
