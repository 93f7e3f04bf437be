import { assert, present } from '../assert.ts'
import type { Event } from '../domain/event.ts'
import type {
  AccountId,
  AssetIndex,
  LiquidationId,
  PreventedMatchId,
  Sequence,
  SymbolIndex,
  TimestampMs,
  TradeId,
  TransactionId,
  UserId,
} from '../domain/ids.ts'
import type { LiquidationTrigger } from '../domain/liquidation.ts'
import type { Order } from '../domain/order.ts'
import type { Asset, SymbolState, TradingSymbol, Venue } from '../domain/venue.ts'
import type { KycState, Leverage, MarginMode, SingleWallet, Wallet } from '../domain/wallet.ts'
import { WALLETS } from '../domain/wallet.ts'
import { Ledger } from '../ledger/ledger.ts'
import type { BufferAccount } from '../liquidation/buffer-account.ts'
import type { RiskPrices } from '../margin/prices.ts'
import { OrderBook } from '../matching/order-book.ts'
import { OrderTable } from '../matching/order-table.ts'
import { StopBook } from '../matching/stop-book.ts'
import type { Amount } from '../money/amount.ts'
import { ZERO } from '../money/amount.ts'
import type { IndexPrice, Ticks } from '../money/price.ts'
import { INDEX_PRICE_SCALE } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import type { PriceBounds } from '../risk/price-bounds.ts'
import { Watchlist } from '../risk/watchlist.ts'
import { AccountSet } from './by-account.ts'
import type { CommandFlows } from './command-flows.ts'
import { createCommandFlows } from './command-flows.ts'
import { Countdowns } from './countdowns.ts'
import type { IndexState } from './index-state.ts'
import { createIndexes } from './index-state.ts'
import { LendingPools } from './lending-pools.ts'
import { OrderLists } from './order-lists.ts'
import { OrderStore } from './order-store.ts'
import { PolicyChanges } from './policy-changes.ts'
import { PositionTable } from './position-table.ts'
import { RecentClientIds } from './recent-client-ids.ts'
import { TriggerQueue } from './trigger-queue.ts'

/** A running margin call (rule L5). Level as a count of 10⁻⁸. */
export interface MarginCall {
  readonly lastMs: TimestampMs
  readonly lastLevel: bigint
}

export interface User {
  readonly id: UserId
  readonly accounts: Readonly<Record<SingleWallet, AccountId>>
  readonly isolated: Map<SymbolIndex, IsolatedAccount>
  kyc: KycState
  kycReason: string
  disclosure: string | null
  /** The mode entered last (rule M1). */
  mode: MarginMode
  /** Where modes are not exclusive (rule M3): whether the other one has been entered as well. */
  bothModes: boolean
  modeSinceMs: TimestampMs
  leverage: Leverage
  firstDepositMs: TimestampMs | null
  /** Hourly equities in 10⁻⁸ USDT, latest last, at most 168 (rule E2). */
  samples: bigint[]
  /** The hour of the latest sample. */
  sampledMs: TimestampMs
  /** Margin levels of the user's own, highest first (rule L8). */
  warningLevels: readonly Rate[]
  /** Whose orders never trade with this user's; null: nobody else's (rule T6). */
  tradeGroupId: number | null
  /** Place in the policy's fee tiers, and what led there (rule T27). */
  feeTier: number
  volume: TradedVolume
  /** As an operator set it (rule B12); null: by volume. */
  vipLevel: number | null
  /** Where that is possible (rule I4). */
  paysInterestInBnb: boolean
  /** When small debts were exchanged last (rule B13); null: never. */
  smallDebtsMs: TimestampMs | null
  /** Debts written off at the lenders' cost, by asset, and what the insurance fund paid, in USDT: still owed (Q10). */
  recoverable: Map<AssetIndex, Amount>
  owedToFund: Amount
}

/** What a user traded, in 10⁻⁸ USDT at index prices (rule T27). */
export interface TradedVolume {
  today: bigint
  /** The last full UTC days, at most 30, latest last. */
  days: bigint[]
}

/** Where trading in a symbol stands. */
export interface SymbolMarket {
  state: SymbolState
  /** When the clock ends that state; null: never (rule T19). */
  untilMs: TimestampMs | null
  lastTrade: Ticks | null
  lastTradeMs: TimestampMs | null
  lastTradeId: TradeId
  lastPreventedMatchId: PreventedMatchId
  /** The latest window of rule T19 in which anything traded, and the last price before it. */
  window: number
  windowPrice: Ticks | null
}

export interface Liquidation {
  readonly id: LiquidationId
  readonly account: AccountId
  readonly trigger: LiquidationTrigger
  readonly startedMs: TimestampMs
  /** What was traded or taken over so far, in the account's money: USDT, or the quote of its pair. */
  valueLiquidated: Amount
}

/** What the rules of margin keep of one account. It is called and liquidated for itself alone. */
export interface MarginAccount {
  readonly account: AccountId
  readonly user: User
  /** The pair it is isolated to; null: cross. */
  readonly pair: SymbolIndex | null
  liquidation: LiquidationId | null
  marginCall: MarginCall | null
  /** How many of its user's warning levels it has fallen to (rule L8). */
  warningsPassed: number
}

/** A pair's own account (rule S1), opened once and then there for good. */
export interface IsolatedAccount extends MarginAccount {
  readonly pair: SymbolIndex
  /** One that is disabled is empty and takes nothing in (rule S5). */
  enabled: boolean
  /** When it was disabled last; null: never. */
  disabledMs: TimestampMs | null
}

/** What an account is for: whose wallet it is. */
export interface AccountOwner {
  readonly user: User
  readonly wallet: Wallet
  /** What it is isolated to; null: nothing. */
  readonly pair: SymbolIndex | null
  /** Null: what lies here secures no debt. */
  readonly margin: MarginAccount | null
}

/**
 * The whole venue. Made by commands alone and changed by `engine/` alone; nobody outside the sequencer and the
 * simulator holds one.
 */
export interface ExchangeState {
  /** Null until the journal's first command, `OpenVenue`. */
  venue: Venue | null
  ledger: Ledger
  sequence: Sequence
  nowMs: TimestampMs
  users: User[]
  /** By account id; undefined for the venue's own accounts. */
  owners: (AccountOwner | undefined)[]
  /** Symbol by symbol. */
  books: OrderBook[]
  stops: StopBook[]
  markets: SymbolMarket[]
  orders: OrderStore
  lists: OrderLists
  /** Orders whose price or turn has come (rule T10). */
  triggers: TriggerQueue
  countdowns: Countdowns
  recentClientIds: RecentClientIds
  policyChanges: PolicyChanges
  /** Of cross margin accounts (rule P1). */
  positions: PositionTable
  /** Margin accounts that owe anything. */
  indebted: AccountSet
  /** Margin accounts in margin call, or fallen to a warning level of their user's. */
  called: Set<AccountId>
  /** Which of those that owe a move of prices may have brought down. Follows from the rest: in no snapshot. */
  watchlist: Watchlist
  prices: (IndexPrice | null)[]
  /** The same prices in floating point, NaN where unknown: for screening only. */
  screenPrices: Float64Array
  /** Asset by asset, what its index comes from. */
  indexes: IndexState[]
  /** How many index prices are missing, contested or stale. */
  heldIndexes: number
  /** When time alone changes an index next; infinity: it does not. */
  nextIndexChangeMs: number
  /** What new risk is valued at (rule C4), as of `riskPricesMs`: see `riskPricesOf`. */
  riskPrices: RiskPrices
  riskPricesMs: number
  /** Bounds of both for screening, NaN where unknown. */
  screenHeld: Float64Array
  screenOwed: Float64Array
  /** Symbol by symbol, in ticks; null until asked for since prices last moved. */
  priceBounds: (PriceBounds | null)[]
  /** When the first pause ends (rule T19); infinity: none runs. */
  nextPauseEndMs: number
  liquidations: Map<LiquidationId, Liquidation>
  /** By asset with a collateral cap: what margin accounts hold, as `collateral-caps.ts` counts it (rule C3). */
  collateralHeld: bigint[]
  /** Where loans come from (rules B8 to B11). */
  pools: LendingPools
  /** What the insurance fund took over and is to sell again (rule Q12). */
  fundTaken: Map<AssetIndex, Amount>
  /** What moves the buffer of each account in margin call or liquidation (rule Q7). */
  buffers: Map<AccountId, BufferAccount>
  lastTransactionId: TransactionId
  lastLiquidationId: LiquidationId
  /** What the running command has done so far. */
  events: Event[]
  /** What it moved, as far as somebody asked; index prices as they were before it; what it may still close (rule Q8). */
  commandFlows: CommandFlows
  pricesBefore: Map<AssetIndex, IndexPrice | null>
  liquidationOrdersLeft: number
}

export function createState(): ExchangeState {
  const orders = new OrderStore(new OrderTable())
  return {
    venue: null,
    ledger: new Ledger(0),
    sequence: 0 as Sequence,
    nowMs: 0 as TimestampMs,
    users: [],
    owners: [],
    books: [],
    stops: [],
    markets: [],
    orders,
    lists: new OrderLists(),
    triggers: new TriggerQueue(0),
    countdowns: new Countdowns(),
    recentClientIds: new RecentClientIds(),
    policyChanges: new PolicyChanges(),
    positions: new PositionTable(orders.commitments),
    indebted: new AccountSet(),
    called: new Set(),
    watchlist: new Watchlist(0, 0 as AssetIndex),
    prices: [],
    screenPrices: new Float64Array(0),
    indexes: [],
    heldIndexes: 0,
    nextIndexChangeMs: Number.POSITIVE_INFINITY,
    riskPrices: { held: [], owed: [] },
    riskPricesMs: Number.NaN,
    screenHeld: new Float64Array(0),
    screenOwed: new Float64Array(0),
    priceBounds: [],
    nextPauseEndMs: Number.POSITIVE_INFINITY,
    liquidations: new Map(),
    collateralHeld: [],
    pools: new LendingPools([]),
    fundTaken: new Map(),
    buffers: new Map(),
    lastTransactionId: 0 as TransactionId,
    lastLiquidationId: 0 as LiquidationId,
    events: [],
    commandFlows: createCommandFlows(),
    pricesBefore: new Map(),
    liquidationOrdersLeft: 0,
  }
}

/** Empty books, ledger and prices for a venue definition. USDT is its own index. */
export function furnish(state: ExchangeState, venue: Venue): void {
  state.venue = venue
  state.ledger = new Ledger(venue.assets.length)
  state.watchlist = new Watchlist(venue.assets.length, venue.usdt)
  state.owners = new Array(state.ledger.accountCount).fill(undefined)
  state.books = venue.symbols.map(() => new OrderBook(state.orders.table))
  state.stops = venue.symbols.map(() => new StopBook())
  state.markets = venue.symbols.map(() => ({
    state: 'TRADING',
    untilMs: null,
    lastTrade: null,
    lastTradeMs: null,
    lastTradeId: 0 as TradeId,
    lastPreventedMatchId: 0 as PreventedMatchId,
    window: -1,
    windowPrice: null,
  }))
  state.triggers = new TriggerQueue(venue.symbols.length)
  state.collateralHeld = venue.assets.map(() => 0n)
  state.pools = new LendingPools(venue.assets.map(({ dailyInterestRate }) => dailyInterestRate))
  state.prices = venue.assets.map(() => null)
  state.priceBounds = venue.symbols.map(() => null)
  state.indexes = createIndexes(venue, state.nowMs)
  state.prices[venue.usdt] = INDEX_PRICE_SCALE as IndexPrice
  const screen = (): Float64Array => {
    const prices = new Float64Array(venue.assets.length).fill(Number.NaN)
    prices[venue.usdt] = Number(INDEX_PRICE_SCALE)
    return prices
  }
  state.screenPrices = screen()
  state.screenHeld = screen()
  state.screenOwed = screen()
}

/** What is kept for the length of one command starts anew. */
export function beginCommand(state: ExchangeState): void {
  if (state.pricesBefore.size > 0) state.pricesBefore.clear()
  state.liquidationOrdersLeft = venueOf(state).policy.liquidation.ordersPerCommand
}

export function venueOf(state: ExchangeState): Venue {
  return present(state.venue, 'a venue is opened before anything else')
}

export function userOf(state: ExchangeState, userId: UserId): User | undefined {
  return state.users[userId - 1]
}

export function ownerOf(state: ExchangeState, account: AccountId): AccountOwner {
  return present(state.owners[account], 'the account belongs to a user')
}

export function indexOf(state: ExchangeState, asset: AssetIndex): IndexState {
  return present(state.indexes[asset], 'every asset has the state of its index')
}

export function assetAt(state: ExchangeState, index: AssetIndex): Asset {
  return present(venueOf(state).assets[index], 'an asset index names an asset of the venue')
}

export function symbolAt(state: ExchangeState, index: SymbolIndex): TradingSymbol {
  return present(venueOf(state).symbols[index], 'a symbol index names a symbol of the venue')
}

export function bookOf(state: ExchangeState, index: SymbolIndex): OrderBook {
  return present(state.books[index], 'every symbol has a book')
}

export function stopsOf(state: ExchangeState, index: SymbolIndex): StopBook {
  return present(state.stops[index], 'every symbol has a stop book')
}

export function marketOf(state: ExchangeState, index: SymbolIndex): SymbolMarket {
  return present(state.markets[index], 'every symbol has a market')
}

/** Whose orders count as one's own (rule T6), as the books know it: a user, or a trade group, which is negative. */
export function tradeGroupOf({ id, tradeGroupId }: User): number {
  return tradeGroupId === null ? id : -tradeGroupId
}

/** What a margin account begins with. */
export const UNTROUBLED = { liquidation: null, marginCall: null, warningsPassed: 0 } as const

/** Somebody of whom nothing is known yet. */
export function unregisteredUser(id: UserId, accounts: User['accounts']): User {
  return {
    // What every order looks at stands first, side by side in memory.
    id,
    accounts,
    kyc: 'NONE',
    mode: 'NONE',
    leverage: 5,
    warningLevels: [],
    tradeGroupId: null,
    feeTier: 0,
    volume: { today: ZERO, days: [] },
    bothModes: false,
    isolated: new Map(),
    kycReason: '',
    disclosure: null,
    modeSinceMs: 0 as TimestampMs,
    firstDepositMs: null,
    samples: [],
    sampledMs: 0 as TimestampMs,
    vipLevel: null,
    paysInterestInBnb: false,
    smallDebtsMs: null,
    recoverable: new Map(),
    owedToFund: ZERO,
  }
}

/** A new user with an empty ledger account for each wallet. */
export function openUser(state: ExchangeState): User {
  const accounts = {} as Record<SingleWallet, AccountId>
  for (const wallet of WALLETS) accounts[wallet] = state.ledger.openAccount()
  const user = unregisteredUser((state.users.length + 1) as UserId, accounts)
  user.leverage = venueOf(state).policy.defaultLeverage
  user.modeSinceMs = state.nowMs
  state.users.push(user)
  for (const wallet of WALLETS) {
    const account = accounts[wallet]
    const margin = wallet === 'CROSS_MARGIN' ? { account, user, pair: null, ...UNTROUBLED } : null
    state.owners[account] = { user, wallet, pair: null, margin }
  }
  assert(state.owners.length === state.ledger.accountCount, 'every account has its owner noted')
  return user
}

export function nextTransactionId(state: ExchangeState): TransactionId {
  state.lastTransactionId = (state.lastTransactionId + 1) as TransactionId
  return state.lastTransactionId
}

export function openOrdersOf(state: ExchangeState, account: AccountId): Iterable<Order> {
  return state.orders.of(account)
}
