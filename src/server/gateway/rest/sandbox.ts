import type { UserId } from '../../../core/domain/ids.ts'
import { SYMBOL_STATES } from '../../../core/domain/venue.ts'
import { type JsonObject, parseJsonBody } from '../../../wire/json-body.ts'
import { symbolNamed } from '../../../wire/place-order.ts'
import { type Call, type Endpoint, open } from '../endpoint.ts'
import {
  type ClockBody,
  type CreateUserBody,
  type DepositBody,
  type IndexPricesBody,
  SANDBOX_WALLETS,
  type SandboxDoor,
  type SandboxWallet,
} from '../sandbox.ts'
import { submit } from '../submit.ts'
import { sandboxFaultEndpoints } from './sandbox-faults.ts'
import { sandboxPriceEndpoints } from './sandbox-prices.ts'

/** Who did it, in the history. */
const AUTHOR = 'sandbox'
const KEY_TYPES = ['HMAC', 'ED25519', 'RSA'] as const

/** `/sandbox/v1`, unsigned: whoever reaches the port of a sandbox owns it. */
export function sandboxEndpoints(door: SandboxDoor): readonly Endpoint[] {
  return [
    open('GET /sandbox/v1/status', 0, () => door.status()),
    open('POST /sandbox/v1/users', 0, (call) => door.createUser(readUser(bodyOf(call)))),
    open('POST /sandbox/v1/deposits', 0, (call) => door.deposit(readDeposit(bodyOf(call)))),
    open('POST /sandbox/v1/clock', 0, (call) => door.clock(readClock(bodyOf(call)))),
    open('POST /sandbox/v1/index-prices', 0, (call) =>
      door.setIndexPrices(readIndexPrices(bodyOf(call))),
    ),
    open('DELETE /sandbox/v1/index-prices', 0, () => door.clearIndexPrices()),
    ...sandboxPriceEndpoints(door),
    open('POST /sandbox/v1/symbols', 0, setSymbolState),
    open('POST /sandbox/v1/trade-groups', 0, setTradeGroup),
    open('POST /sandbox/v1/vip', 0, setVipLevel),
    ...sandboxFaultEndpoints(door),
  ]
}

function bodyOf(call: Call): JsonObject {
  return parseJsonBody(call.body)
}

export function readUser(body: JsonObject): CreateUserBody {
  body.allowOnly('email', 'kyc', 'disclosure', 'wallets', 'fundedDaysAgo', 'mode', 'key')
  const wallets = body.object('wallets')
  const key = body.object('key')
  return defined({
    email: body.string('email'),
    kyc: body.oneOf('kyc', ['APPROVED']),
    disclosure: body.boolean('disclosure'),
    wallets: wallets === undefined ? undefined : readWallets(wallets),
    fundedDaysAgo: body.whole('fundedDaysAgo'),
    mode: body.oneOf('mode', ['CROSS']),
    key: key === undefined ? undefined : readKey(key),
  })
}

function readWallets(wallets: JsonObject): NonNullable<CreateUserBody['wallets']> {
  wallets.allowOnly(...SANDBOX_WALLETS)
  const read: Partial<Record<SandboxWallet, Record<string, string>>> = {}
  for (const wallet of SANDBOX_WALLETS) {
    const amounts = wallets.object(wallet)
    if (amounts !== undefined) read[wallet] = decimals(amounts)
  }
  return read
}

/** Decimal text by name. */
function decimals(object: JsonObject): Record<string, string> {
  return Object.fromEntries(object.names().map((name) => [name, object.decimal(name)]))
}

function readKey(key: JsonObject): NonNullable<CreateUserBody['key']> {
  key.allowOnly('type', 'publicKey')
  const type = key.oneOf('type', KEY_TYPES)
  if (type === undefined) throw key.fault('type', `it must be one of ${KEY_TYPES.join(', ')}`)
  const publicKey = key.string('publicKey')
  const needed = type !== 'HMAC'
  if (needed && publicKey === undefined)
    throw key.fault('publicKey', `a key of type ${type} has one, as PEM`)
  if (!needed && publicKey !== undefined) throw key.fault('publicKey', 'an HMAC key has none')
  return defined({ type, publicKey })
}

export function readDeposit(body: JsonObject): DepositBody {
  body.allowOnly('userId', 'asset', 'amount', 'wallet')
  const userId = body.whole('userId')
  if (userId === undefined) throw body.fault('userId', 'it is missing')
  return defined({
    userId,
    asset: body.requiredString('asset'),
    amount: body.decimal('amount'),
    wallet: body.oneOf('wallet', SANDBOX_WALLETS),
  })
}

export function readClock(body: JsonObject): ClockBody {
  body.allowOnly('advanceMs', 'to', 'speed')
  if (body.names().length !== 1) throw body.fault('advanceMs', 'send one of advanceMs, to, speed')
  const speed = body.number('speed')
  if (speed !== undefined && speed < 0) throw body.fault('speed', 'it must be zero or more')
  return defined({ advanceMs: body.whole('advanceMs'), to: body.whole('to'), speed })
}

export function readIndexPrices(body: JsonObject): IndexPricesBody {
  body.allowOnly('prices', 'market')
  const prices = body.object('prices')
  if (prices === undefined || prices.names().length === 0) {
    throw body.fault('prices', 'it must name at least one asset, as {"BTC":"30000"}')
  }
  return defined({ prices: decimals(prices), market: body.oneOf('market', ['follow', 'leave']) })
}

/** What an operator does to a symbol (rule T20): the engine's own command, nothing of the sandbox's. */
async function setSymbolState({ deps, body }: Call): Promise<object> {
  const asked = readSymbolState(parseJsonBody(body))
  const symbol = symbolNamed(asked.symbol, deps.engine.venue)
  const { state, reason } = asked
  const order = { symbol: symbol.index, state, reason, author: AUTHOR }
  await submit(deps.engine, { type: 'SetSymbolState', ...order })
  return { symbol: symbol.symbol, state }
}

export function readSymbolState(body: JsonObject) {
  body.allowOnly('symbol', 'state', 'reason')
  const state = body.oneOf('state', SYMBOL_STATES)
  if (state === undefined) {
    throw body.fault('state', `it must be one of ${SYMBOL_STATES.join(', ')}`)
  }
  return { symbol: body.requiredString('symbol'), state, reason: body.string('reason') ?? '' }
}

/** Puts a user into a trade group (rule T6), or with null out of it. */
async function setTradeGroup({ deps, body }: Call): Promise<object> {
  const { userId, tradeGroupId } = readTradeGroup(parseJsonBody(body))
  const group = { userId: userId as UserId, tradeGroupId, reason: '', author: AUTHOR }
  await submit(deps.engine, { type: 'SetTradeGroup', ...group })
  return { userId, tradeGroupId }
}

export function readTradeGroup(body: JsonObject) {
  body.allowOnly('userId', 'tradeGroupId')
  const userId = body.whole('userId')
  if (userId === undefined) throw body.fault('userId', 'it is missing')
  const tradeGroupId = body.isNull('tradeGroupId') ? null : body.whole('tradeGroupId')
  if (tradeGroupId === undefined) {
    throw body.fault('tradeGroupId', 'it must be a whole number, or null for none')
  }
  return { userId, tradeGroupId }
}

/** Gives a user a VIP level (rule B12), or with null the one that follows from volume. */
async function setVipLevel({ deps, body }: Call): Promise<object> {
  const { userId, vipLevel } = readVipLevel(parseJsonBody(body))
  await submit(deps.engine, { type: 'SetVipLevel', userId: userId as UserId, vipLevel })
  return { userId, vipLevel }
}

export function readVipLevel(body: JsonObject) {
  body.allowOnly('userId', 'vipLevel')
  const userId = body.whole('userId')
  if (userId === undefined) throw body.fault('userId', 'it is missing')
  const vipLevel = body.isNull('vipLevel') ? null : body.whole('vipLevel')
  if (vipLevel === undefined) {
    throw body.fault('vipLevel', 'it must be a whole number, or null for the one by volume')
  }
  return { userId, vipLevel }
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** The object without its undefined fields. */
function defined<T extends object>(object: T): Defined<T> {
  const fields = Object.entries(object).filter(([, value]) => value !== undefined)
  return Object.fromEntries(fields) as Defined<T>
}
