import type { Kysely } from 'kysely'
import type { Sequence } from '../../core/domain/ids.ts'
import { fundingQueries } from '../projections/queries/funding.ts'
import { klineQueries } from '../projections/queries/klines.ts'
import { liquidationQueries } from '../projections/queries/liquidations.ts'
import { loanQueries } from '../projections/queries/loans.ts'
import { orderQueries } from '../projections/queries/orders.ts'
import { publicTradeQueries } from '../projections/queries/public-trades.ts'
import { tradeQueries } from '../projections/queries/trades.ts'
import type { ReadModel } from '../projections/tables.ts'

/** The histories that answers are read from: rows in the engine's units. */
export function readHistories(database: Kysely<ReadModel>) {
  return {
    ...orderQueries(database),
    ...tradeQueries(database),
    ...publicTradeQueries(database),
    ...klineQueries(database),
    ...fundingQueries(database),
    ...loanQueries(database),
    ...liquidationQueries(database),
  }
}

export type Histories = ReturnType<typeof readHistories>

export interface ReadModelCursor {
  /** Resolves once the read model holds everything up to and with `sequence`. */
  waitFor(sequence: Sequence): Promise<void>
}
