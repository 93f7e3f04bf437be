import type { Brand } from '../money/brand.ts'

/** Dense from 1 in order of creation. */
export type UserId = Brand<number, 'UserId'>

/** A wallet's place in the ledger. Dense from 0; the venue's own accounts come first. */
export type AccountId = Brand<number, 'AccountId'>

/** Rising over the whole venue, from 1: the generation and the slot of the order in one number (rule T24). */
export type OrderId = Brand<number, 'OrderId'>

/** Names an order list. Rising over the whole venue, from 1. */
export type OrderListId = Brand<number, 'OrderListId'>

/** Names a prevented self-trade. Rising within a symbol, from 1. */
export type PreventedMatchId = Brand<number, 'PreventedMatchId'>

/** Rising within a symbol, from 1. */
export type TradeId = Brand<number, 'TradeId'>

/** Names a deposit, transfer, loan, repayment or interest charge (Binance's `tranId`, `txId`). Rising, from 1. */
export type TransactionId = Brand<number, 'TransactionId'>

/** Names a liquidation. Rising, from 1. */
export type LiquidationId = Brand<number, 'LiquidationId'>

/** Names a change of policy from its draft on. Rising, from 1. */
export type PolicyChangeId = Brand<number, 'PolicyChangeId'>

/** A command's place in history, from 1. */
export type Sequence = Brand<number, 'Sequence'>

/** Milliseconds since the Unix epoch, UTC, by the venue's clock. */
export type TimestampMs = Brand<number, 'TimestampMs'>

/** An asset's place in the venue definition. */
export type AssetIndex = Brand<number, 'AssetIndex'>

/** A symbol's place in the venue definition. */
export type SymbolIndex = Brand<number, 'SymbolIndex'>

/** An index price source's place in the venue definition. */
export type SourceIndex = Brand<number, 'SourceIndex'>

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
