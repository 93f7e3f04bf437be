import { DAY_MS } from './ids.ts'
import { SELF_TRADE_PREVENTIONS } from './order.ts'
import type { LiquidationDocument, OrderRulesDocument, TradingDocument } from './venue-document.ts'

/** What a symbol's rules are where its document is silent: Binance's figures, and no guard that it does not ask for. */
export const ORDER_RULES_DEFAULT: OrderRulesDocument = {
  maximumAlgoOrders: 5,
  maximumIcebergOrders: 100,
  maximumIcebergParts: 100,
  maximumOrderLists: 20,
  maximumAmendments: 10,
  trailingDelta: { aboveMinimum: 10, aboveMaximum: 2_000, belowMinimum: 10, belowMaximum: 2_000 },
  maximumPosition: null,
  selfTradePrevention: { default: 'EXPIRE_MAKER', allowed: SELF_TRADE_PREVENTIONS },
  executionBand: null,
  volatilityInterruption: null,
  standardCommission: null,
  taxCommission: null,
  specialCommission: null,
}

/** How portfolios are closed where a policy is silent. */
export const LIQUIDATION_DEFAULT: LiquidationDocument = {
  ordersPerCommand: 500,
  fundBand: '0.01',
  fundOrderMax: '50000',
}

/** How orders are handled where a policy is silent. */
export const TRADING_DEFAULT: TradingDocument = {
  stopTrigger: 'LAST_TRADE',
  triggersPerCommand: 100,
  clientOrderIdWindowMs: 0,
  maximumOrderAgeMs: null,
  feeTiers: [],
  maximumOrders: 10_000,
  maximumAlgoOrders: 200,
  maximumIcebergOrders: 1_000,
  maximumOrderLists: 200,
}

/** Rule O2, where a policy is silent. */
export const LOOSENING_DELAY_DEFAULT_MS = DAY_MS
