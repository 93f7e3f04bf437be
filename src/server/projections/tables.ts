import { ORDER_TABLES } from './order-tables.ts'

/**
 * The read model's tables: one description for SQLite and PostgreSQL, from which the migration, the types and the
 * statements that write are derived.
 *
 * Integers are 64 bit: ids, milliseconds, ticks, lots, and amounts in 10⁻⁸ of their asset. Assets and symbols stand by
 * their index in the venue definition; a `pair` is the symbol of an isolated account, -1 for any other wallet. A sum without a bound (a candle's turnover) is text.
 */
export type ColumnType = 'integer' | 'integer?' | 'text' | 'text?'

interface Index {
  readonly name: string
  readonly columns: readonly string[]
  /** Only rows where this column is not null. */
  readonly present?: string
}

interface Table {
  readonly columns: Readonly<Record<string, ColumnType>>
  readonly key: readonly string[]
  readonly indexes?: readonly Index[]
}

/** A user's history in one tree, in order of time; the event's place in history makes the key unique. */
const HISTORY = {
  user_id: 'integer',
  time_ms: 'integer',
  sequence: 'integer',
  position: 'integer',
} as const
const HISTORY_KEY = ['user_id', 'time_ms', 'sequence', 'position'] as const

export const TABLES = {
  projection_cursor: {
    columns: { id: 'integer', applied: 'integer', history: 'text' },
    key: ['id'],
  },
  users: {
    columns: {
      user_id: 'integer',
      created_ms: 'integer',
      kyc: 'text',
      kyc_reason: 'text',
      kyc_ms: 'integer',
      margin_mode: 'text',
    },
    key: ['user_id'],
    indexes: [{ name: 'users_by_kyc', columns: ['kyc', 'kyc_ms', 'user_id'] }],
  },
  kyc_history: {
    columns: { ...HISTORY, state: 'text', reason: 'text', reviewer: 'text' },
    key: HISTORY_KEY,
  },
  ...ORDER_TABLES,
  /** One row for each side. */
  trades: {
    columns: {
      user_id: 'integer',
      wallet: 'text',
      symbol: 'integer',
      trade_id: 'integer',
      is_buyer: 'integer',
      is_maker: 'integer',
      order_id: 'integer',
      price: 'integer',
      lots: 'integer',
      quote: 'integer',
      fee: 'integer',
      fee_asset: 'integer',
      time_ms: 'integer',
      liquidation_id: 'integer?',
    },
    key: ['user_id', 'wallet', 'symbol', 'trade_id', 'is_buyer'],
    indexes: [
      { name: 'trades_by_order', columns: ['order_id', 'trade_id'] },
      {
        name: 'trades_by_liquidation',
        columns: ['liquidation_id'],
        present: 'liquidation_id',
      },
    ],
  },
  public_trades: {
    columns: {
      symbol: 'integer',
      trade_id: 'integer',
      price: 'integer',
      lots: 'integer',
      quote: 'integer',
      time_ms: 'integer',
      buyer_is_maker: 'integer',
      taker_order_id: 'integer',
    },
    key: ['symbol', 'trade_id'],
    indexes: [{ name: 'public_trades_by_time', columns: ['symbol', 'time_ms', 'trade_id'] }],
  },
  /** Trades of one taker order at one price, named by the first of them. */
  aggregate_trades: {
    columns: {
      symbol: 'integer',
      first_trade_id: 'integer',
      last_trade_id: 'integer',
      price: 'integer',
      lots: 'integer',
      time_ms: 'integer',
      buyer_is_maker: 'integer',
    },
    key: ['symbol', 'first_trade_id'],
    indexes: [
      { name: 'aggregate_trades_by_time', columns: ['symbol', 'time_ms', 'first_trade_id'] },
    ],
  },
  candles: {
    columns: {
      symbol: 'integer',
      width_ms: 'integer',
      open_ms: 'integer',
      open: 'integer',
      high: 'integer',
      low: 'integer',
      close: 'integer',
      lots: 'integer',
      quote: 'text',
      trades: 'integer',
      taker_buy_lots: 'integer',
      taker_buy_quote: 'text',
      first_trade_id: 'integer',
      last_trade_id: 'integer',
      last_lots: 'integer',
    },
    key: ['symbol', 'width_ms', 'open_ms'],
  },
  deposits: {
    columns: {
      ...HISTORY,
      transaction_id: 'integer',
      wallet: 'text',
      asset: 'integer',
      amount: 'integer',
    },
    key: HISTORY_KEY,
  },
  transfers: {
    columns: {
      ...HISTORY,
      transaction_id: 'integer',
      asset: 'integer',
      amount: 'integer',
      from_wallet: 'text',
      from_pair: 'integer',
      to_wallet: 'text',
      to_pair: 'integer',
    },
    key: HISTORY_KEY,
  },
  /** Loans taken and repaid. */
  loans: {
    columns: {
      ...HISTORY,
      transaction_id: 'integer',
      type: 'text',
      pair: 'integer',
      asset: 'integer',
      principal: 'integer',
      interest: 'integer',
      origin: 'text',
    },
    key: HISTORY_KEY,
  },
  interest_charges: {
    columns: {
      ...HISTORY,
      transaction_id: 'integer',
      pair: 'integer',
      asset: 'integer',
      principal: 'integer',
      interest: 'integer',
      daily_rate: 'integer',
      kind: 'text',
      paid_asset: 'integer?',
      paid_amount: 'integer?',
    },
    key: HISTORY_KEY,
  },
  /** What lenders supplied, withdrew, earned and lost. */
  pool_claims: {
    columns: {
      ...HISTORY,
      transaction_id: 'integer',
      asset: 'integer',
      kind: 'text',
      amount: 'integer',
      claim: 'integer',
      wallet: 'text?',
      liquidation_id: 'integer?',
    },
    key: HISTORY_KEY,
  },
  small_debt_exchanges: {
    columns: {
      ...HISTORY,
      transaction_id: 'integer',
      asset: 'integer',
      amount: 'integer',
      target_amount: 'integer',
    },
    key: HISTORY_KEY,
  },
  /** Each change of an asset's daily interest rate. */
  interest_rates: {
    columns: {
      asset: 'integer',
      effective_ms: 'integer',
      sequence: 'integer',
      daily_rate: 'integer',
      utilization: 'integer',
    },
    key: ['asset', 'effective_ms', 'sequence'],
  },
  position_changes: {
    columns: {
      ...HISTORY,
      symbol: 'integer',
      quantity: 'integer',
      entry_quote: 'integer',
      realized_pnl: 'integer',
    },
    key: HISTORY_KEY,
  },
  margin_calls: {
    columns: {
      ...HISTORY,
      type: 'text',
      pair: 'integer',
      level: 'text',
      call_level: 'text?',
      liquidation_level: 'text?',
    },
    key: HISTORY_KEY,
  },
  liquidations: {
    columns: {
      liquidation_id: 'integer',
      user_id: 'integer',
      pair: 'integer',
      started_ms: 'integer',
      trigger: 'text',
      level: 'text',
      liquidation_level: 'text',
      assets_usdt: 'integer',
      debts_usdt: 'integer',
      /** JSON: [[asset, price, time it was set], …], prices as text. */
      prices: 'text',
      /** JSON, what moved the buffer: {sinceMs, from, to, lines: [[cause, asset, change], …]}, sums as text. */
      trigger_buffer: 'text?',
      closing_buffer: 'text?',
      finished_ms: 'integer?',
      outcome: 'text?',
      value_liquidated: 'integer?',
      clearance_fee: 'integer?',
      fund_paid: 'integer?',
      lenders_lost: 'integer?',
    },
    key: ['liquidation_id'],
    indexes: [{ name: 'liquidations_by_user', columns: ['user_id', 'liquidation_id'] }],
  },
  /** What each order of a liquidation did against the index; `gain` in 10⁻¹⁶ USDT, past what an integer holds. */
  liquidation_orders: {
    columns: {
      liquidation_id: 'integer',
      order_id: 'integer',
      index_price: 'integer',
      gain: 'text',
    },
    key: ['liquidation_id', 'order_id'],
  },
  /** What the insurance fund took over and gave, and what lenders lost, asset by asset. */
  liquidation_movements: {
    columns: {
      liquidation_id: 'integer',
      sequence: 'integer',
      position: 'integer',
      line: 'integer',
      time_ms: 'integer',
      type: 'text',
      asset: 'integer',
      amount: 'integer',
    },
    key: ['liquidation_id', 'sequence', 'position', 'line'],
  },
  /** What a user is told of their account, whatever becomes of its delivery elsewhere. */
  notices: {
    columns: { ...HISTORY, type: 'text', mandatory: 'integer', /** JSON. */ data: 'text' },
    key: HISTORY_KEY,
    indexes: [{ name: 'notices_by_sequence', columns: ['sequence', 'position'] }],
  },
  policy_changes: {
    columns: {
      policy_change_id: 'integer',
      /** DRAFTED, APPROVED, IN_FORCE, WITHDRAWN or LAPSED. */
      state: 'text',
      author: 'text',
      reason: 'text',
      /** JSON: [{path, from, to, effect}, …]. */
      changes: 'text',
      loosening: 'integer',
      drafted_ms: 'integer',
      effect_ms: 'integer',
      approver: 'text?',
      approval_reason: 'text?',
      approved_ms: 'integer?',
      ended_ms: 'integer?',
      end_reason: 'text?',
    },
    key: ['policy_change_id'],
  },
  /** What operators and the venue itself did to it, from events alone. */
  audit_log: {
    columns: {
      sequence: 'integer',
      position: 'integer',
      time_ms: 'integer',
      author: 'text',
      action: 'text',
      user_id: 'integer?',
      reason: 'text',
      /** JSON: what the action was about. */
      detail: 'text',
    },
    key: ['sequence', 'position'],
    indexes: [
      { name: 'audit_log_by_author', columns: ['author', 'sequence'] },
      { name: 'audit_log_by_user', columns: ['user_id', 'sequence'], present: 'user_id' },
    ],
  },
} as const satisfies Record<string, Table>

export type TableName = keyof typeof TABLES
export type ColumnName<T extends TableName> = keyof (typeof TABLES)[T]['columns'] & string

interface Read {
  integer: bigint
  'integer?': bigint | null
  text: string
  'text?': string | null
}
interface Written {
  integer: bigint | number
  'integer?': bigint | number | null
  text: string
  'text?': string | null
}

type ColumnsOf<T extends TableName> = (typeof TABLES)[T]['columns']

/** A row as the database gives it. */
export type StoredRow<T extends TableName> = {
  -readonly [C in ColumnName<T>]: ColumnsOf<T>[C] extends ColumnType ? Read[ColumnsOf<T>[C]] : never
}

/** A row as the projection writes it. */
export type Row<T extends TableName> = {
  [C in ColumnName<T>]: ColumnsOf<T>[C] extends ColumnType ? Written[ColumnsOf<T>[C]] : never
}

/** The schema as Kysely takes it. */
export type ReadModel = { [T in TableName]: StoredRow<T> }

/** The general shape of a table's description, for code that is the same for all of them. */
export function tableOf(name: TableName): Table {
  return TABLES[name]
}
