import type { Kysely } from 'kysely'
import { amendmentQueries } from './queries/amendments.ts'
import { fundingQueries } from './queries/funding.ts'
import { klineQueries } from './queries/klines.ts'
import { lendingQueries } from './queries/lending.ts'
import { liquidationQueries } from './queries/liquidations.ts'
import { loanQueries } from './queries/loans.ts'
import { noticeQueries } from './queries/notices.ts'
import { operationQueries } from './queries/operations.ts'
import { orderListQueries } from './queries/order-lists.ts'
import { orderQueries } from './queries/orders.ts'
import { preventedMatchQueries } from './queries/prevented-matches.ts'
import { publicTradeQueries } from './queries/public-trades.ts'
import { tradeQueries } from './queries/trades.ts'
import { tradingWindowQueries } from './queries/trading-window.ts'
import { userQueries } from './queries/users.ts'
import type { ReadModel } from './tables.ts'

/** Every history that can be asked for, in the venue's own units. */
export type Queries = ReturnType<typeof queriesOf>

export function queriesOf(database: Kysely<ReadModel>) {
  return {
    ...orderQueries(database),
    ...orderListQueries(database),
    ...amendmentQueries(database),
    ...preventedMatchQueries(database),
    ...tradeQueries(database),
    ...publicTradeQueries(database),
    ...klineQueries(database),
    ...tradingWindowQueries(database),
    ...fundingQueries(database),
    ...loanQueries(database),
    ...lendingQueries(database),
    ...liquidationQueries(database),
    ...userQueries(database),
    ...operationQueries(database),
    ...noticeQueries(database),
  }
}
