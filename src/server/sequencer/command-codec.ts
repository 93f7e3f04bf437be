import type {
  Command,
  CommandType,
  LendingWallet,
  OrderListReference,
  OrderReference,
  PlaceOrder,
} from '../../core/domain/command.ts'
import { CANCEL_RESTRICTIONS, PLAIN, TRADING_WALLETS } from '../../core/domain/command.ts'
import type { SymbolIndex } from '../../core/domain/ids.ts'
import {
  ORDER_TYPES,
  SELF_TRADE_PREVENTIONS,
  SIDE_EFFECTS,
  TIMES_IN_FORCE,
} from '../../core/domain/order.ts'
import { ORDER_LIST_KINDS } from '../../core/domain/order-list.ts'
import type { PolicySetting } from '../../core/domain/policy-setting.ts'
import { SYMBOL_STATES } from '../../core/domain/venue.ts'
import type { WalletReference } from '../../core/domain/wallet.ts'
import { WALLETS } from '../../core/domain/wallet.ts'
import type { FieldKind, FieldTable } from './field-kinds.ts'
import {
  bigint,
  document,
  FieldInvalid,
  flag,
  integer,
  json,
  listOf,
  nullable,
  oneOf,
  pairOf,
  recordOf,
  since,
  text,
} from './field-kinds.ts'

/** Raised by one with every change of the tables below; what older versions wrote stays readable (see `since`). */
export const COMMAND_VERSION = 3

/** Bytes in the journal that are no command this program knows, or a command the journal cannot hold. */
export class CommandInvalid extends Error {
  override readonly name = 'CommandInvalid'
}

type Fields<T extends CommandType> = Omit<Extract<Command, { type: T }>, 'type'>
type CommandTables = { readonly [T in CommandType]: FieldTable<Fields<T>> }

const LENDING_WALLETS: readonly LendingWallet[] = ['SPOT', 'FUNDING']

const PLACE_ORDER: FieldTable<Omit<PlaceOrder, 'type'>> = {
  userId: integer(),
  wallet: oneOf(TRADING_WALLETS),
  symbol: integer(),
  side: oneOf(['BUY', 'SELL']),
  orderType: oneOf(ORDER_TYPES),
  timeInForce: oneOf(TIMES_IN_FORCE),
  price: integer(),
  lots: integer(),
  quoteQuantity: bigint(),
  clientOrderId: text(),
  sideEffect: oneOf(SIDE_EFFECTS),
  autoRepayAtCancel: flag(),
  selfTradePrevention: oneOf(SELF_TRADE_PREVENTIONS),
  stopPrice: since(2, integer(), PLAIN.stopPrice),
  trailingBips: since(2, integer(), PLAIN.trailingBips),
  icebergLots: since(2, integer(), PLAIN.icebergLots),
  strategyId: since(2, nullable(integer()), PLAIN.strategyId),
  strategyType: since(2, nullable(integer()), PLAIN.strategyType),
}

const PLACED: FieldKind<PlaceOrder> = typed('PlaceOrder', recordOf(PLACE_ORDER))

const ORDER_REFERENCE: FieldKind<OrderReference> = recordOf<OrderReference>({
  orderId: nullable(integer()),
  clientOrderId: nullable(text()),
})

const LIST_REFERENCE: FieldKind<OrderListReference> = recordOf<OrderListReference>({
  listId: nullable(integer()),
  clientListId: nullable(text()),
})

const RESTRICTION = since(2, nullable(oneOf(CANCEL_RESTRICTIONS)), null)

/** Whose, in which wallet and on which symbol. */
const BOOKS: FieldTable<Fields<'CancelAllOrders'>> = {
  userId: integer(),
  wallet: oneOf(TRADING_WALLETS),
  symbol: integer(),
}

const LOAN: FieldTable<Fields<'Borrow'>> = {
  userId: integer(),
  asset: integer(),
  amount: bigint(),
  pair: since(3, nullable(integer()), null),
}

/** A single wallet by its name, an isolated account by the index of its pair. */
const WALLET: FieldKind<WalletReference> = {
  toJson: (wallet) =>
    typeof wallet === 'object' ? integer().toJson(wallet.pair) : oneOf(WALLETS).toJson(wallet),
  fromJson: (json, version) =>
    typeof json === 'number'
      ? { pair: integer<SymbolIndex>().fromJson(json, version) }
      : oneOf(WALLETS).fromJson(json, version),
}

const POLICY_DECISION: FieldTable<Fields<'ApprovePolicyChange'>> = {
  policyChangeId: integer(),
  reason: text(),
  author: text(),
}

const TABLES: CommandTables = {
  OpenVenue: { document: document() },
  CreateUser: {},
  SubmitKyc: { userId: integer() },
  ReviewKyc: {
    userId: integer(),
    decision: oneOf(['APPROVED', 'REJECTED', 'REVOKED']),
    reason: text(),
    reviewer: text(),
  },
  AcceptDisclosure: { userId: integer(), version: text() },
  BackdateFunding: { userId: integer(), days: integer() },
  SetMarginMode: { userId: integer(), mode: oneOf(['NONE', 'CROSS', 'ISOLATED']) },
  SetWarningLevels: { userId: integer(), levels: listOf(bigint()) },
  SetLeverage: { userId: integer(), leverage: oneOf([3, 5]) },
  LiquidateAccount: { userId: integer(), pair: nullable(integer()) },
  Deposit: { userId: integer(), wallet: oneOf(WALLETS), asset: integer(), amount: bigint() },
  Transfer: {
    userId: integer(),
    asset: integer(),
    amount: bigint(),
    from: WALLET,
    to: WALLET,
  },
  SetIsolatedAccount: { userId: integer(), pair: integer(), enabled: flag() },
  Borrow: LOAN,
  Repay: LOAN,
  SupplyPool: {
    userId: integer(),
    asset: integer(),
    amount: bigint(),
    from: oneOf(LENDING_WALLETS),
  },
  WithdrawFromPool: {
    userId: integer(),
    asset: integer(),
    amount: bigint(),
    to: oneOf(LENDING_WALLETS),
  },
  ExchangeSmallDebts: { userId: integer(), assets: listOf(integer()) },
  PlaceOrder: PLACE_ORDER,
  CancelOrder: { ...BOOKS, order: ORDER_REFERENCE, restriction: RESTRICTION },
  CancelAllOrders: BOOKS,
  CancelReplace: {
    cancel: ORDER_REFERENCE,
    mode: oneOf(['STOP_ON_FAILURE', 'ALLOW_FAILURE']),
    place: PLACED,
    restriction: RESTRICTION,
  },
  AmendOrder: { ...BOOKS, order: ORDER_REFERENCE, lots: integer(), clientOrderId: text() },
  PlaceOrderList: {
    ...BOOKS,
    kind: oneOf(ORDER_LIST_KINDS),
    clientListId: text(),
    orders: listOf(PLACED),
  },
  CancelOrderList: { ...BOOKS, list: LIST_REFERENCE },
  CancelAllAfter: {
    userId: integer(),
    wallet: oneOf(TRADING_WALLETS),
    symbol: nullable(integer()),
    timeoutMs: integer(),
  },
  MassQuote: {
    userId: integer(),
    symbol: integer(),
    bids: listOf(pairOf(integer(), integer())),
    asks: listOf(pairOf(integer(), integer())),
  },
  SetSymbolState: {
    symbol: integer(),
    state: oneOf(SYMBOL_STATES),
    reason: text(),
    author: text(),
  },
  SetInterestPayment: { userId: integer(), inBnb: flag() },
  SetVipLevel: { userId: integer(), vipLevel: nullable(integer()) },
  SetLending: { asset: integer(), lends: flag(), reason: text(), author: text() },
  SetTradeGroup: {
    userId: integer(),
    tradeGroupId: nullable(integer()),
    reason: text(),
    author: text(),
  },
  DraftPolicyChange: {
    settings: listOf(recordOf<PolicySetting>({ path: text(), to: json() })),
    effectMs: nullable(integer()),
    reason: text(),
    author: text(),
  },
  ApprovePolicyChange: POLICY_DECISION,
  WithdrawPolicyChange: POLICY_DECISION,
  SetIndexPrices: { prices: listOf(pairOf(integer(), nullable(bigint()))) },
  SetSourcePrices: { source: text(), prices: listOf(pairOf(integer(), bigint())) },
  SetRedemptionRatio: { asset: integer(), ratio: bigint() },
  ReleaseIndex: { asset: integer(), reason: text(), author: text() },
  AdvanceTime: {},
}

function typed(
  type: 'PlaceOrder',
  kind: FieldKind<Omit<PlaceOrder, 'type'>>,
): FieldKind<PlaceOrder> {
  return {
    toJson: kind.toJson,
    fromJson: (json, version) => ({ type, ...kind.fromJson(json, version) }),
  }
}

const KINDS = new Map<string, FieldKind<object>>(
  Object.entries(TABLES).map(([type, table]) => [type, recordOf(table as FieldTable<object>)]),
)

/** A command as the journal holds it: `[version, type, fields in the table's order]`, UTF-8 JSON. */
export function encodeCommand(command: Command): Buffer {
  return converted(() => {
    const fields = kindOf(command.type).toJson(command)
    return Buffer.from(JSON.stringify([COMMAND_VERSION, command.type, fields]))
  })
}

/** The command in a journal's bytes. Raises `CommandInvalid` rather than guess. */
export function decodeCommand(payload: Uint8Array): Command {
  return converted(() => {
    const line: unknown = JSON.parse(Buffer.from(payload).toString())
    if (!Array.isArray(line) || line.length !== 3) throw new FieldInvalid('expected three parts')
    const [version, type, fields] = line
    if (!Number.isSafeInteger(version) || version < 1 || version > COMMAND_VERSION)
      throw new FieldInvalid(`version ${version} is not known`)
    return { type, ...kindOf(type).fromJson(fields, version) } as Command
  })
}

function kindOf(type: string): FieldKind<object> {
  const kind = KINDS.get(type)
  if (kind === undefined) throw new FieldInvalid(`${type} is no command`)
  return kind
}

function converted<T>(convert: () => T): T {
  try {
    return convert()
  } catch (error) {
    if (error instanceof FieldInvalid || error instanceof SyntaxError)
      throw new CommandInvalid(error.message, { cause: error })
    throw error
  }
}
