import type { Amount } from '../money/amount.ts'
import type { Fault } from './document-shape.ts'
import type { IndexStanding } from './venue.ts'
import type { MarginMode } from './wallet.ts'

/** A condition of eligibility, as the refusal and the eligibility answer list it (rule E6). Texts are for people. */
export interface EligibilityCondition {
  readonly rule: 'E1' | 'E3' | 'E4' | 'E5' | 'M4'
  readonly met: boolean
  readonly have: string
  readonly need: string
}

/** What keeps an account in cross margin (rule M5). */
export interface ExitBlocker {
  readonly rule: 'M5' | 'S5'
  readonly kind: 'open_orders' | 'debt' | 'positions' | 'equity' | 'balance'
  readonly count: number
  /** In `asset`; null where only the count says anything. */
  readonly amount: string | null
  readonly asset: string | null
}

/**
 * Every reason the engine can refuse, with the numbers that explain it; amounts in the named asset.
 * `wire/error.ts` gives each its Binance code and sentence.
 */
export type Refusal =
  // Requests that name what is not there.
  | { readonly reason: 'user_unknown' }
  | { readonly reason: 'symbol_not_margin'; readonly symbol: string }
  | { readonly reason: 'asset_not_margin'; readonly asset: string }
  | { readonly reason: 'order_unknown' }
  // Filters, in the order Binance applies them.
  | { readonly reason: 'filter'; readonly filter: FilterName }
  /** The id is an open order's, or within the window that of one that traded (rule T25). */
  | { readonly reason: 'client_order_id_duplicate'; readonly orderId: number }
  | { readonly reason: 'would_take' }
  | { readonly reason: 'would_trigger' }
  | { readonly reason: 'iceberg_exceeds_quantity' }
  | { readonly reason: 'self_trade_prevention'; readonly mode: string }
  /** What a post-only, cancel-only or halted symbol does not take (rule T20). */
  | { readonly reason: 'market_closed'; readonly symbol: string; readonly state: string }
  // Order lists, amendments, cancellations.
  | { readonly reason: 'list_prices' }
  | { readonly reason: 'list_unknown' }
  | { readonly reason: 'list_id_duplicate'; readonly listId: number }
  | { readonly reason: 'cancel_restricted'; readonly status: string; readonly restriction: string }
  | { readonly reason: 'amend_not_lower'; readonly lots: number; readonly asked: number }
  | { readonly reason: 'amend_executed'; readonly executed: number; readonly asked: number }
  | { readonly reason: 'amend_limit'; readonly limit: number }
  // Standing of the user.
  | {
      readonly reason: 'not_eligible'
      readonly conditions: readonly EligibilityCondition[]
      readonly eligibleAtMs: number | null
    }
  | {
      readonly reason: 'margin_mode_conflict'
      readonly mode: MarginMode
      readonly asked: MarginMode
    }
  // Isolated margin (rule S5).
  | { readonly reason: 'isolated_unknown'; readonly symbol: string }
  | { readonly reason: 'isolated_disabled'; readonly symbol: string }
  | { readonly reason: 'isolated_asset'; readonly symbol: string; readonly asset: string }
  /** The most its pair's highest tier lets the account owe of the asset (rule S3). */
  | {
      readonly reason: 'isolated_borrow_limit'
      readonly asset: string
      readonly max: Amount
      readonly asked: Amount
    }
  | { readonly reason: 'isolated_limit'; readonly limit: number }
  | { readonly reason: 'isolated_in_use'; readonly blockers: readonly ExitBlocker[] }
  | { readonly reason: 'isolated_disabled_recently'; readonly againMs: number }
  | { readonly reason: 'exit_blocked'; readonly blockers: readonly ExitBlocker[] }
  | { readonly reason: 'reduce_only'; readonly why: string }
  | { readonly reason: 'liquidating' }
  | { readonly reason: 'nothing_owed' }
  | { readonly reason: 'kyc_state'; readonly state: string; readonly decision: string }
  | { readonly reason: 'disclosure_version'; readonly have: string; readonly need: string }
  // Changes of policy.
  | { readonly reason: 'policy_faulty'; readonly faults: readonly Fault[] }
  | { readonly reason: 'policy_change_unknown'; readonly policyChangeId: number }
  | { readonly reason: 'policy_change_approved'; readonly policyChangeId: number }
  | { readonly reason: 'policy_second_person'; readonly author: string }
  | { readonly reason: 'policy_too_soon'; readonly earliestMs: number; readonly askedMs: number }
  | {
      readonly reason: 'policy_moved'
      readonly path: string
      readonly was: string
      readonly is: string
    }
  | { readonly reason: 'policy_changes_full'; readonly limit: number }
  | { readonly reason: 'warning_levels'; readonly most: number; readonly between: string }
  // Prices.
  | { readonly reason: 'index_unavailable'; readonly asset: string; readonly ageMs: number | null }
  /** Sources disagree; prices as decimal text, the lowest and the highest that a live one says. */
  | {
      readonly reason: 'index_contested'
      readonly asset: string
      readonly low: string
      readonly high: string
    }
  | {
      readonly reason: 'index_not_overdue'
      readonly asset: string
      readonly standing: IndexStanding
      readonly isReleased: boolean
    }
  | { readonly reason: 'asset_not_redeemable'; readonly asset: string }
  | { readonly reason: 'source_unknown'; readonly source: string }
  // Money.
  | { readonly reason: 'amount_not_positive' }
  | { readonly reason: 'amount_too_large' }
  | {
      readonly reason: 'balance_insufficient'
      readonly asset: string
      readonly have: Amount
      readonly need: Amount
    }
  | {
      readonly reason: 'transfer_balance_insufficient'
      readonly asset: string
      readonly have: Amount
      readonly need: Amount
    }
  | { readonly reason: 'transfer_same_wallet' }
  | {
      readonly reason: 'transfer_exceeds_max'
      readonly asset: string
      readonly max: Amount
      readonly asked: Amount
    }
  | { readonly reason: 'borrow_banned'; readonly asset: string }
  | { readonly reason: 'borrow_below_minimum'; readonly asset: string; readonly minimum: Amount }
  | {
      readonly reason: 'borrow_exceeds_max'
      readonly asset: string
      readonly max: Amount
      readonly asked: Amount
      readonly binding: BorrowBinding
    }
  | {
      readonly reason: 'borrow_pool_empty'
      readonly asset: string
      readonly available: Amount
      readonly asked: Amount
    }
  | {
      readonly reason: 'repay_exceeds_debt'
      readonly asset: string
      readonly owed: Amount
      readonly asked: Amount
    }
  | { readonly reason: 'repay_below_minimum'; readonly asset: string; readonly minimum: Amount }
  | {
      readonly reason: 'repay_balance_insufficient'
      readonly asset: string
      readonly have: Amount
      readonly need: Amount
    }
  // Lending to a pool.
  | {
      readonly reason: 'lending_claim_insufficient'
      readonly asset: string
      readonly have: Amount
      readonly need: Amount
    }
  | {
      readonly reason: 'lending_pool_lent'
      readonly asset: string
      readonly available: Amount
      readonly asked: Amount
    }
  | { readonly reason: 'lending_suspended'; readonly asset: string }
  | { readonly reason: 'vip_level_unknown'; readonly asked: number; readonly highest: number }
  // Exchanging small debts.
  | { readonly reason: 'small_debt_none'; readonly asset: string }
  | {
      readonly reason: 'small_debt_too_large'
      readonly asset: string
      readonly worth: Amount
      readonly below: Amount
    }
  | {
      readonly reason: 'small_debt_stock'
      readonly asset: string
      readonly have: Amount
      readonly need: Amount
    }
  | { readonly reason: 'small_debt_too_often'; readonly againAtMs: number }
  | { readonly reason: 'trade_level_too_low'; readonly level: string; readonly need: string }
  | { readonly reason: 'leverage_level_too_low'; readonly level: string; readonly need: string }
  /** Rule P5; amounts in USDT, `maxQuantity` in the base asset. */
  | {
      readonly reason: 'position_cap'
      readonly cap: Amount
      readonly used: Amount
      readonly asked: Amount
      readonly maxQuantity: Amount
      readonly base: string
    }
  // Parts of a cancel-replace.
  | { readonly reason: 'cancel_replace_stopped'; readonly cancel: Refusal }
  | {
      readonly reason: 'cancel_replace_partly'
      readonly cancel: Refusal | null
      readonly place: Refusal | null
    }
  // The command tripped an assertion and was set aside, once (docs/decisions/0003).
  | { readonly reason: 'internal_error'; readonly claim: string }

export type RejectionReason = Refusal['reason']

/** What limits a loan (rule B2). */
export type BorrowBinding = 'headroom' | 'user_limit' | 'pool' | 'venue_cap'

export type FilterName =
  | 'PRICE_FILTER'
  | 'PERCENT_PRICE_BY_SIDE'
  | 'LOT_SIZE'
  | 'MARKET_LOT_SIZE'
  | 'NOTIONAL'
  | 'ICEBERG_PARTS'
  | 'TRAILING_DELTA'
  | 'MAX_POSITION'
  | 'MAX_NUM_ORDERS'
  | 'MAX_NUM_ALGO_ORDERS'
  | 'MAX_NUM_ICEBERG_ORDERS'
  | 'MAX_NUM_ORDER_LISTS'
  | 'EXCHANGE_MAX_NUM_ORDERS'
  | 'EXCHANGE_MAX_NUM_ALGO_ORDERS'
  | 'EXCHANGE_MAX_NUM_ICEBERG_ORDERS'
  | 'EXCHANGE_MAX_NUM_ORDER_LISTS'
  | 'MAX_ASSET'
