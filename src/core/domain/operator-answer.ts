import type { Amount } from '../money/amount.ts'
import type { Band } from './band.ts'
import type {
  LiquidationId,
  PolicyChangeId,
  Sequence,
  SymbolIndex,
  TimestampMs,
  UserId,
} from './ids.ts'
import type { PolicyDifference } from './policy-difference.ts'
import type { Leverage } from './wallet.ts'

/** A change of policy that is not in force yet (rules O1, O2). */
export interface OpenPolicyChange {
  readonly policyChangeId: PolicyChangeId
  readonly changes: readonly PolicyDifference[]
  readonly loosening: boolean
  readonly effectMs: TimestampMs
  readonly reason: string
  readonly author: string
  /** Null: it waits for an approval. */
  readonly approvedBy: string | null
}

/** Whose margin account, and the pair it is isolated to; null: cross. */
export interface NamedAccount {
  readonly userId: UserId
  readonly pair: SymbolIndex | null
}

/** What a change of policy would do if it took effect now (rule O1). Accounts in the order they were opened, or of events. */
export interface PolicyRehearsal {
  readonly sequence: Sequence
  readonly changes: readonly PolicyDifference[]
  readonly loosening: boolean
  /** When it may take effect if it is drafted now. */
  readonly earliestMs: TimestampMs
  /** How many owe anything, and so stand in a band at all. */
  readonly accounts: number
  readonly bandChanges: readonly (NamedAccount & { readonly from: Band; readonly to: Band })[]
  readonly marginCalls: readonly NamedAccount[]
  readonly liquidations: readonly NamedAccount[]
}

/** A margin account that owes something. Totals in USDT, rounded against the user. */
export interface AccountAtRisk extends NamedAccount {
  readonly band: Band
  readonly marginLevel: string
  readonly leverage: Leverage
  readonly assetsUsdt: Amount
  readonly debtsUsdt: Amount
  /** Null: it is not being liquidated. */
  readonly liquidationId: LiquidationId | null
}
