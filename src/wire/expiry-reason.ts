import type { OrderEndCause } from '../core/domain/event.ts'
import type { Order, OrderStatus } from '../core/domain/order.ts'
import { isAtMarket } from '../core/domain/order.ts'

/** Why an order expired, in Binance's words (`expiryReason`, and `eR` of the user stream). */
export type ExpiryReason =
  | 'REJECTED'
  | 'EXCHANGE_CANCELED'
  | 'OCO_TRIGGER'
  | 'OTO_PHASE_ONE_EXPIRED'
  | 'UNFILLED_IOC_QUANTITY_EXPIRED'
  | 'UNFILLED_FOK_ORDER_EXPIRED'
  | 'INSUFFICIENT_LIQUIDITY'
  | 'EXECUTION_RULE_PRICE_RANGE_EXCEEDED'

type Ended = Readonly<Pick<Order, 'type' | 'timeInForce' | 'stage'>> & {
  readonly status: OrderStatus
  readonly cause: OrderEndCause
}

/** Null for an order that did not expire, and for one that ended in a self-trade, whose status says why. */
export function expiryReason({
  status,
  cause,
  type,
  timeInForce,
  stage,
}: Ended): ExpiryReason | null {
  if (status !== 'EXPIRED') return null
  switch (cause) {
    case 'unfilled':
      if (isAtMarket(type)) return 'INSUFFICIENT_LIQUIDITY'
      return timeInForce === 'FOK' ? 'UNFILLED_FOK_ORDER_EXPIRED' : 'UNFILLED_IOC_QUANTITY_EXPIRED'
    case 'list':
      return stage === 'PENDING' ? 'OTO_PHASE_ONE_EXPIRED' : 'OCO_TRIGGER'
    case 'refused':
      return 'REJECTED'
    case 'price_range':
      return 'EXECUTION_RULE_PRICE_RANGE_EXCEEDED'
    default:
      return 'EXCHANGE_CANCELED'
  }
}
