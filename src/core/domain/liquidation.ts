import type { AssetIndex } from './ids.ts'

/** What began a liquidation: the level (rule Q1), or the user's own wish (rule Q11). */
export type LiquidationTrigger = 'LEVEL' | 'USER'

/** What can move the buffer T − k·D of an account (rule Q7). */
export type BufferCause =
  | 'price'
  | 'interest'
  | 'loan'
  | 'repayment'
  | 'deposit'
  | 'transfer'
  /** Trades against the index, before fees. */
  | 'trade'
  | 'trading_fee'
  /** The same of the orders that close the account. */
  | 'liquidation_trade'
  | 'liquidation_fee'
  | 'clearance_fee'
  /** Assets and debts that the insurance fund took, and what it gave for them. */
  | 'takeover'
  /** A debt that lenders bear. */
  | 'loss_shared'
  /** Collected for what is owed from before (rule Q10). */
  | 'recovery'
  /** Another liquidation level: of another leverage or policy. */
  | 'level'
  | 'other'

/** One cause's part in the change of a buffer, in 10⁻²⁸ USDT. */
export interface BufferLine {
  readonly cause: BufferCause
  /** Null: of the account as a whole. */
  readonly asset: AssetIndex | null
  readonly change: bigint
}
