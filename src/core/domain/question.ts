import type { Amount } from '../money/amount.ts'
import type { IndexPrice, Value } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import type {
  AccountCommand,
  OrderListReference,
  OrderReference,
  PlaceOrder,
  TradingWallet,
} from './command.ts'
import type { SourceInput } from './event.ts'
import type {
  AssetIndex,
  LiquidationId,
  Sequence,
  SymbolIndex,
  TimestampMs,
  TradeId,
  UserId,
} from './ids.ts'
import type { AccountAtRisk, OpenPolicyChange, PolicyRehearsal } from './operator-answer.ts'
import type { Order, Side } from './order.ts'
import type { OrderList } from './order-list.ts'
import type { PolicySetting } from './policy-setting.ts'
import type { BorrowBinding, EligibilityCondition, ExitBlocker, Refusal } from './rejection.ts'
import type { Commission, IndexStanding, SymbolState } from './venue.ts'
import type { KycState, Leverage, MarginMode, WalletReference } from './wallet.ts'

/** One asset of one wallet. Owed amounts are positive. */
export interface BalanceLine {
  readonly asset: AssetIndex
  readonly free: Amount
  readonly locked: Amount
  readonly borrowed: Amount
  readonly interest: Amount
}

/** One asset's pool (rules B8 to B11). */
export interface PoolAnswer {
  /** What lenders have in it, the venue included. */
  readonly supplied: Amount
  readonly lent: Amount
  /** What can be lent now: above the reserve, nothing while the pool is kept from lending. */
  readonly available: Amount
  /** What lenders can take back now. */
  readonly withdrawable: Amount
  /** Interest that the next full hour credits to lenders. */
  readonly due: Amount
  readonly lends: boolean
  /** Share that is lent, rounded down. */
  readonly utilization: Rate
  /** A day's interest at VIP level 0, now and by what is lent now at the next full hour. */
  readonly dailyRate: Rate
  readonly nextDailyRate: Rate
}

/** How much of an asset counts as collateral over all accounts (rule C3). */
export interface CollateralAnswer {
  /** In 10⁻¹⁶ USDT; null: no cap. */
  readonly cap: Value | null
  /** What margin accounts hold at index price, as it is counted; 0 without a cap. */
  readonly held: Value
  /** The bands' weights as they count now. */
  readonly weights: readonly Rate[]
  readonly capBinds: boolean
}

/** What a user has lent to one pool. */
export interface PoolPosition {
  readonly asset: AssetIndex
  readonly claim: Amount
  /** The part that earns at the next full hour. */
  readonly earning: Amount
  /** Over all time. */
  readonly earned: Amount
  readonly lost: Amount
}

/** What a user's loans cost and how far they go (rule B12). */
export interface LoanTerms {
  readonly vipLevel: number
  /** By asset index. */
  readonly assets: readonly {
    readonly dailyRate: Rate
    readonly nextDailyRate: Rate
    readonly borrowLimit: Amount
  }[]
}

/** A debt that rule B13 exchanges. */
export interface SmallDebtAnswer {
  readonly asset: AssetIndex
  readonly principal: Amount
  readonly interest: Amount
  /** In USDT, rounded up. */
  readonly cost: Amount
}

export interface UserStanding {
  readonly userId: UserId
  readonly kyc: KycState
  readonly kycReason: string
  /** The disclosure version accepted last; null: none. */
  readonly disclosure: string | null
  readonly mode: MarginMode
  readonly modeSinceMs: TimestampMs
  readonly leverage: Leverage
  /** Of the cross account. */
  readonly liquidating: boolean
  readonly reduceOnly: boolean
  /** Rule T6; null: the user alone. */
  readonly tradeGroupId: number | null
  /** Rule I4, where that is possible. */
  readonly paysInterestInBnb: boolean
  /** Rule L8, highest first. */
  readonly warningLevels: readonly Rate[]
}

/** What a user pays on a symbol now (rule T27). */
export interface CommissionAnswer {
  /** 0 is the first. */
  readonly tier: number
  /** Of the last 30 full UTC days, USDT. */
  readonly volume: Amount
  readonly standard: Commission
  readonly tax: Commission
  readonly special: Commission
}

/** What a symbol takes now (rule T20), and until when the clock ends that; null: until somebody says otherwise. */
export interface SymbolStateAnswer {
  readonly state: SymbolState
  readonly untilMs: TimestampMs | null
}

/**
 * What a cross account may do and how far it is from trouble. Decimal text with eight places; levels are "999" without debt.
 * Preview and outcome are compared string for string on this.
 */
export interface AccountStanding {
  readonly marginLevel: string
  readonly collateralMarginLevel: string
  /** T − D in USDT. */
  readonly equity: string
  /** T − k·D in USDT: what can be lost before liquidation. */
  readonly buffer: string
  /** Index price of the asset asked about at which the account is liquidated; null: none. */
  readonly liquidationPrice: string | null
  /** Common factor on all non-stable index prices at which the account is liquidated (rule L4); null: none. */
  readonly marketShock: string | null
  readonly can: { readonly trade: boolean; readonly borrow: boolean; readonly transferOut: boolean }
}

/** GET /sapi/v1/margin/account in the engine's units. Totals in USDT, rounded against the user. */
export interface MarginAccountAnswer {
  readonly standing: AccountStanding
  readonly assetsUsdt: Amount
  readonly debtsUsdt: Amount
  readonly collateralUsdt: Amount
  /** Index price of BTC; null when unavailable. */
  readonly btcPrice: IndexPrice | null
  readonly balances: readonly BalanceLine[]
}

/** Binance's words for how an isolated account stands. */
export type IsolatedStatus =
  | 'EXCESSIVE'
  | 'NORMAL'
  | 'MARGIN_CALL'
  | 'PRE_LIQUIDATION'
  | 'FORCE_LIQUIDATION'

/** A pair's isolated account; one that was never opened has nothing. */
export interface IsolatedAnswer {
  readonly pair: SymbolIndex
  readonly created: boolean
  readonly enabled: boolean
  readonly base: BalanceLine
  readonly quote: BalanceLine
  /** USDT for a whole unit of each; null while unavailable. */
  readonly prices: { readonly base: IndexPrice | null; readonly quote: IndexPrice | null }
  /** 10⁻⁸ of the quote for a whole base. */
  readonly indexPrice: Amount | null
  /** Eight places, "999" without debt. */
  readonly marginLevel: string
  readonly status: IsolatedStatus
  /** Its step in the pair's table, from 1 (rule S3). */
  readonly tier: number
  /** The highest multiple of its equity that the account can come to in its tier, with two places, in 10⁻⁸. */
  readonly multiple: Amount
  /** As `indexPrice`; null: no price does it. */
  readonly liquidationPrice: Amount | null
  /** How far that is from the index, in 10⁻⁶ of one per cent. */
  readonly liquidationRate: bigint
  readonly canTrade: boolean
}

export interface PositionAnswer {
  readonly symbol: SymbolIndex
  readonly side: 'LONG' | 'SHORT'
  /** Base amount, positive. */
  readonly quantity: Amount
  /** Decimal text, eight places. */
  readonly entryPrice: string
  readonly indexPrice: string | null
  /** In the quote asset. */
  readonly unrealizedPnl: Amount | null
  readonly realizedPnl: Amount
  /** In USDT. */
  readonly initialMargin: Amount | null
  /** Initial margin as a share of the cap, decimal text with four places; null: no cap or no price. */
  readonly capUsed: string | null
  readonly liquidationPrice: string | null
}

export interface RiskContribution {
  readonly asset: AssetIndex
  /** A·P − k·(L+R)·P in USDT; these sum to the buffer exactly, sixteen places. */
  readonly contribution: string
  readonly liquidationPrice: string | null
}

export interface RiskAnswer {
  readonly standing: AccountStanding
  readonly buffer: string
  readonly liquidationLevel: string
  readonly marginCallLevel: string
  readonly contributions: readonly RiskContribution[]
  /** Owed from before (rule Q10): to lenders by asset, and to the insurance fund in USDT. */
  readonly recoverable: {
    readonly lenders: readonly (readonly [AssetIndex, Amount])[]
    readonly insuranceFund: Amount
  }
}

export interface MaxBorrowableAnswer {
  readonly amount: Amount
  readonly borrowLimit: Amount
  readonly binding: BorrowBinding
  /** Each bound by itself. */
  readonly headroom: Amount
  readonly userLimit: Amount
  readonly pool: Amount
  readonly venueCap: Amount
}

export interface EligibilityAnswer {
  readonly eligible: boolean
  readonly conditions: readonly EligibilityCondition[]
  /** The average of the latest 168 hourly samples, USDT. */
  readonly average: Amount
  /** Latest last; hours before the first deposit are left out. */
  readonly samples: readonly { readonly hourMs: TimestampMs; readonly equity: Amount }[]
  /** When E2–E4 would be met if balances stay as they are; null: never, or the rest is unmet. */
  readonly eligibleAtMs: TimestampMs | null
}

export interface AssetAmount {
  readonly asset: AssetIndex
  readonly amount: Amount
}

/** Before → after of a command, as it will turn out when it comes next (docs/decisions/0006). */
export interface PreviewAnswer {
  readonly sequence: Sequence
  readonly before: AccountStanding
  /** Of an order, once everything that would trade at once has; null when refused. */
  readonly after: AccountStanding | null
  readonly borrow: (AssetAmount & { readonly interestPerDay: Amount }) | null
  readonly repay: AssetAmount | null
  /** The refusal's reason, or what would bind next. */
  readonly binding: string | null
  readonly refusal: Refusal | null
  readonly warnings: readonly string[]
}

/** Of a transfer, a loan, a repayment or a change of mode. */
export interface CommandPreviewAnswer extends PreviewAnswer {
  /** The change of mode that comes with it (rule M2). */
  readonly mode: { readonly from: MarginMode; readonly to: MarginMode } | null
  /** The most of the asset that would pass now; null: none would, or the command has no amount. */
  readonly max: AssetAmount | null
}

export interface OrderPreviewAnswer extends PreviewAnswer {
  /** Once the resting remainder has filled at its limit as well; null when refused. */
  readonly worst: AccountStanding | null
  readonly fee: AssetAmount | null
  /** USDT; null without a cap. `maxQuantity` in the base asset. */
  readonly cap: {
    readonly used: Amount
    readonly limit: Amount
    readonly maxQuantity: Amount
  } | null
}

/** Where an index price comes from (rules X1 to X3) and what it counts for in new risk (rule C4). */
export interface IndexDetails {
  readonly price: IndexPrice | null
  /** What is held and what is owed count at these when new risk is judged. */
  readonly held: IndexPrice | null
  readonly owed: IndexPrice | null
  readonly standing: IndexStanding
  readonly heldSinceMs: TimestampMs | null
  readonly isOverdue: boolean
  readonly isReleased: boolean
  /** Rule X2: how many of its underlying it redeems for; null: it has an index of its own. */
  readonly ratio: Rate | null
  readonly inputs: readonly SourceInput[]
}

export interface RunningLiquidation {
  readonly liquidationId: LiquidationId
  readonly userId: UserId
  readonly startedMs: TimestampMs
}

/** Every question the engine answers, between commands, without changing anything: what is asked, and the answer. */
export interface Questions {
  user: { ask: { userId: UserId }; answer: UserStanding | null }
  balances: { ask: { userId: UserId; wallet: WalletReference }; answer: readonly BalanceLine[] }
  marginAccount: { ask: { userId: UserId }; answer: MarginAccountAnswer }
  /** Of these pairs, or of all that the user has an account for, in order of their symbols. */
  isolatedAccounts: {
    ask: { userId: UserId; pairs: readonly SymbolIndex[] | null }
    answer: readonly IsolatedAnswer[]
  }
  positions: { ask: { userId: UserId }; answer: readonly PositionAnswer[] }
  risk: { ask: { userId: UserId }; answer: RiskAnswer }
  /** As `risk`, of a pair's isolated account; null: it was never opened. */
  isolatedRisk: { ask: { userId: UserId; pair: SymbolIndex }; answer: RiskAnswer | null }
  /** For CROSS unless another mode is named. */
  eligibility: {
    ask: { userId: UserId; mode?: 'CROSS' | 'ISOLATED' | undefined }
    answer: EligibilityAnswer
  }
  exitBlockers: { ask: { userId: UserId }; answer: readonly ExitBlocker[] }
  /** Open orders, oldest first. */
  openOrders: {
    ask: { userId: UserId; wallet: TradingWallet; symbol: SymbolIndex | null }
    answer: readonly Readonly<Order>[]
  }
  openOrder: {
    ask: { userId: UserId; wallet: TradingWallet; symbol: SymbolIndex; order: OrderReference }
    answer: Readonly<Order> | null
  }
  /** Open lists, oldest first. */
  openOrderLists: {
    ask: { userId: UserId; wallet: TradingWallet; symbol: SymbolIndex | null }
    answer: readonly Readonly<OrderList>[]
  }
  openOrderList: {
    ask: { userId: UserId; wallet: TradingWallet; list: OrderListReference }
    answer: Readonly<OrderList> | null
  }
  /** By symbol index. */
  symbolStates: { ask: Record<never, never>; answer: readonly SymbolStateAnswer[] }
  commission: { ask: { userId: UserId; symbol: SymbolIndex }; answer: CommissionAnswer }
  /** `pair`: for that isolated account. */
  maxBorrowable: {
    ask: { userId: UserId; asset: AssetIndex; pair?: SymbolIndex | undefined }
    answer: MaxBorrowableAnswer | Refusal
  }
  maxTransferable: {
    ask: { userId: UserId; asset: AssetIndex; pair?: SymbolIndex | undefined }
    answer: Amount | Refusal
  }
  previewOrder: { ask: { place: PlaceOrder }; answer: OrderPreviewAnswer }
  previewCommand: { ask: { command: AccountCommand }; answer: CommandPreviewAnswer }
  /** By asset index; null while unavailable. */
  indexPrices: {
    ask: Record<never, never>
    answer: readonly {
      readonly price: IndexPrice | null
      readonly updatedMs: TimestampMs | null
      readonly stale: boolean
    }[]
  }
  /** By asset index: what each index price comes from, and what it stands for in new risk. */
  indexDetails: { ask: Record<never, never>; answer: readonly IndexDetails[] }
  /** By asset index. */
  pools: { ask: Record<never, never>; answer: readonly PoolAnswer[] }
  /** By asset index. */
  collateral: { ask: Record<never, never>; answer: readonly CollateralAnswer[] }
  poolPositions: { ask: { userId: UserId }; answer: readonly PoolPosition[] }
  /** Of a VIP level, or with null of the user's own. */
  loanTerms: { ask: { userId: UserId; vipLevel: number | null }; answer: LoanTerms }
  smallDebts: { ask: { userId: UserId }; answer: readonly SmallDebtAnswer[] }
  /** Best-first levels from the book itself: `[price, lots, orders]`. */
  depth: {
    ask: { symbol: SymbolIndex; side: Side; levels: number }
    answer: readonly (readonly [number, number, number])[]
  }
  /** By symbol index; 0 before the first trade. */
  lastTradeIds: { ask: Record<never, never>; answer: readonly TradeId[] }
  liquidations: { ask: Record<never, never>; answer: readonly RunningLiquidation[] }
  /** Nearest to liquidation first. */
  accountsAtRisk: { ask: { limit: number }; answer: readonly AccountAtRisk[] }
  /** Drafted, and approved but not yet in force; oldest first. */
  policyChanges: { ask: Record<never, never>; answer: readonly OpenPolicyChange[] }
  policyRehearsal: {
    ask: { settings: readonly PolicySetting[] }
    answer: PolicyRehearsal | Refusal
  }
  insuranceFund: { ask: Record<never, never>; answer: readonly BalanceLine[] }
  status: {
    ask: Record<never, never>
    answer: {
      readonly sequence: Sequence
      readonly timeMs: TimestampMs
      readonly users: number
      readonly openOrders: number
      readonly indebtedAccounts: number
    }
  }
}

export type QuestionName = keyof Questions
export type Ask<Q extends QuestionName> = Questions[Q]['ask']
export type Answer<Q extends QuestionName> = Questions[Q]['answer']

export function isRefusal(answer: object): answer is Refusal {
  return 'reason' in answer
}
