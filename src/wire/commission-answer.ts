import type { Side } from '../core/domain/order.ts'
import type { CommissionAnswer } from '../core/domain/question.ts'
import type { Commission, TradingSymbol } from '../core/domain/venue.ts'
import { amountText, rateText } from './number-text.ts'

/** GET account/commission: what a trade on the symbol costs, each part by itself. */
export function commissionBody(symbol: TradingSymbol, commission: CommissionAnswer): object {
  return {
    symbol: symbol.symbol,
    standardCommission: ratesBody(commission.standard),
    specialCommission: ratesBody(commission.special),
    taxCommission: ratesBody(commission.tax),
    discount: noDiscount(),
  }
}

/** What a test order answers about commission: the part of its side is in both rates already. */
export function orderCommissionBody(side: Side, commission: CommissionAnswer): object {
  return {
    standardCommissionForOrder: orderRates(side, commission.standard),
    specialCommissionForOrder: orderRates(side, commission.special),
    taxCommissionForOrder: orderRates(side, commission.tax),
    discount: noDiscount(),
  }
}

function ratesBody({ maker, taker, buyer, seller }: Commission): object {
  return {
    maker: rateText(maker),
    taker: rateText(taker),
    buyer: rateText(buyer),
    seller: rateText(seller),
  }
}

function orderRates(side: Side, { maker, taker, buyer, seller }: Commission): object {
  const own = side === 'BUY' ? buyer : seller
  return { maker: rateText(maker + own), taker: rateText(taker + own) }
}

/** Fees are paid in what is received; nothing makes them less. */
function noDiscount(): object {
  return {
    enabledForAccount: false,
    enabledForSymbol: false,
    discountAsset: 'BNB',
    discount: amountText(0n),
  }
}
