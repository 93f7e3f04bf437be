import { present } from '../../../core/assert.ts'
import type { BalanceLine } from '../../../core/domain/question.ts'
import type { Asset } from '../../../core/domain/venue.ts'
import type { SingleWallet } from '../../../core/domain/wallet.ts'
import { AMOUNT_SCALE } from '../../../core/money/amount.ts'
import { divFloor } from '../../../core/money/rounding.ts'
import { amountShort, amountText, rateShort } from '../../../wire/number-text.ts'
import { readSymbol } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { Permission } from '../../access/api-key.ts'
import { type Endpoint, open, signed, type UserCall } from '../endpoint.ts'
import type { GatewayDeps } from '../gateway-deps.ts'
import { submit } from '../submit.ts'
import { assetNamed, readAssetOrAll } from './read-parameters.ts'
import { balanceLines } from './spot.ts'

export const walletEndpoints: readonly Endpoint[] = [
  open('GET /sapi/v1/system/status', 1, () => ({ status: 0, msg: 'normal' })),
  signed('GET /sapi/v1/account/status', 'READ', 1, () => ({ data: 'Normal' })),
  signed('GET /sapi/v1/account/apiTradingStatus', 'READ', 1, apiTradingStatus),
  signed('GET /sapi/v1/account/apiRestrictions', 'READ', 1, apiRestrictions),
  signed('GET /sapi/v1/capital/config/getall', 'READ', 10, allCoins),
  signed('GET /sapi/v1/asset/tradeFee', 'READ', 1, tradeFees),
  signed('POST /sapi/v3/asset/getUserAsset', 'READ', 5, (call) => userAssets(call, 'SPOT')),
  signed('POST /sapi/v1/asset/get-funding-asset', 'READ', 1, (call) => userAssets(call, 'FUNDING')),
  signed('GET /sapi/v1/asset/wallet/balance', 'READ', 60, walletBalances),
  signed('GET /sapi/v1/bnbBurn', 'READ', 1, bnbBurn),
  signed('POST /sapi/v1/bnbBurn', 'MARGIN', 1, setBnbBurn),
  open('GET /fapi/v1/exchangeInfo', 1, () => ({ symbols: [] })),
  open('GET /dapi/v1/exchangeInfo', 1, () => ({ symbols: [] })),
]

/** Trading fees are never paid in BNB here; interest is, where the user asks for it (rule I4). */
function bnbBurn({ deps, userId }: UserCall): object {
  const { paysInterestInBnb } = present(deps.engine.ask('user', { userId }), 'a key’s user exists')
  return { spotBNBBurn: false, interestBNBBurn: paysInterestInBnb }
}

async function setBnbBurn(call: UserCall): Promise<object> {
  const { deps, parameters, userId } = call
  if (parameters.flag('spotBNBBurn', false)) {
    throw requestError('not_offered', { what: 'discounts for paying in BNB' })
  }
  const interest = parameters.oneOf('interestBNBBurn', ['true', 'false'])
  const offered = deps.engine.venue.policy.lending.interestInBnb !== null
  if (interest === 'true' && !offered) {
    throw requestError('not_offered', { what: 'interest in BNB' })
  }
  if (interest !== undefined) {
    const inBnb = interest === 'true'
    await submit(deps.engine, { type: 'SetInterestPayment', userId, inBnb })
  }
  return bnbBurn(call)
}

function apiTradingStatus({ deps }: UserCall): object {
  return {
    data: {
      isLocked: false,
      plannedRecoverTime: 0,
      triggerCondition: { GCR: 0, IFER: 0, UFR: 0 },
      updateTime: deps.engine.nowMs(),
    },
  }
}

function apiRestrictions({ deps, key }: UserCall): object {
  const may = (permission: Permission) => key === null || key.permissions.includes(permission)
  return {
    ipRestrict: key !== null && key.ipAllowList.length > 0,
    createTime: key?.createdMs ?? deps.engine.nowMs(),
    enableReading: may('READ'),
    enableWithdrawals: false,
    enableInternalTransfer: false,
    enableMargin: may('BORROW'),
    enableFutures: false,
    permitsUniversalTransfer: may('TRANSFER'),
    enableVanillaOptions: false,
    enableFixApiTrade: false,
    enableFixReadOnly: false,
    enableSpotAndMarginTrading: may('SPOT') && may('MARGIN'),
    enablePortfolioMarginTrading: false,
  }
}

/** There is no way in or out over a network: coins come by deposit at the venue's desk. */
function allCoins(call: UserCall): object[] {
  const { assets } = call.deps.engine.venue
  return balanceLines(call, 'SPOT').map((line) => {
    const asset = present(assets[line.asset], 'a balance is of an asset of the venue')
    return {
      coin: asset.code,
      name: asset.name,
      depositAllEnable: false,
      withdrawAllEnable: false,
      trading: true,
      isLegalMoney: false,
      free: amountShort(line.free),
      locked: amountShort(line.locked),
      freeze: '0',
      withdrawing: '0',
      ipoable: '0',
      ipoing: '0',
      storage: '0',
      networkList: [],
    }
  })
}

function tradeFees({ deps, parameters, userId }: UserCall): object[] {
  const { venue } = deps.engine
  const symbols = parameters.has('symbol') ? [readSymbol(parameters, venue)] : venue.symbols
  return symbols.map(({ index, symbol }) => {
    const { standard } = deps.engine.ask('commission', { userId, symbol: index })
    const makerCommission = rateShort(standard.maker)
    return { symbol, makerCommission, takerCommission: rateShort(standard.taker) }
  })
}

/** Only assets the wallet holds something of. */
function userAssets(call: UserCall, wallet: SingleWallet): object[] {
  const { venue } = call.deps.engine
  const wanted = readAssetOrAll(call.parameters, venue)
  const btc = priceOf(call.deps, venue.assetByCode.get('BTC'))
  return balanceLines(call, wallet)
    .filter((line) => line.free + line.locked !== 0n)
    .filter((line) => wanted === null || line.asset === wanted.index)
    .map((line) => {
      const asset = present(venue.assets[line.asset], 'a balance is of an asset of the venue')
      const usdt = worthOf(line, priceOf(call.deps, asset))
      return {
        asset: asset.code,
        free: amountText(line.free),
        locked: amountText(line.locked),
        freeze: amountText(0n),
        withdrawing: amountText(0n),
        ...(wallet === 'SPOT' && { ipoable: amountText(0n) }),
        btcValuation: amountText(btc === 0n ? 0n : divFloor(usdt * AMOUNT_SCALE, btc)),
      }
    })
}

/** The index price in 10⁻⁸ USDT; 0 while unavailable. */
function priceOf(deps: GatewayDeps, asset: Asset | undefined): bigint {
  if (asset === undefined) return 0n
  return deps.engine.ask('indexPrices', {})[asset.index]?.price ?? 0n
}

/** What a line is worth after its debts, in 10⁻⁸ USDT; rounded down. */
function worthOf(line: BalanceLine, price: bigint): bigint {
  const net = line.free + line.locked - line.borrowed - line.interest
  return divFloor(net * price, AMOUNT_SCALE)
}

const WALLET_TITLES: readonly (readonly [SingleWallet, string])[] = [
  ['SPOT', 'Spot'],
  ['FUNDING', 'Funding'],
  ['CROSS_MARGIN', 'Cross Margin'],
]

function walletBalances(call: UserCall): object[] {
  const { deps, parameters } = call
  const { venue } = deps.engine
  const quote = priceOf(deps, assetNamed(parameters.text('quoteAsset') ?? 'BTC', venue))
  const isolated = deps.engine
    .ask('isolatedAccounts', { userId: call.userId, pairs: null })
    .flatMap(({ base, quote }) => [base, quote])
  const row = (walletName: string, usdt: bigint) => {
    const balance = quote === 0n ? 0n : divFloor(usdt * AMOUNT_SCALE, quote)
    return { activate: true, balance: amountShort(balance), walletName }
  }
  const held: readonly (readonly [string, readonly BalanceLine[]])[] = [
    ...WALLET_TITLES.map(([wallet, title]) => [title, balanceLines(call, wallet)] as const),
    ['Isolated Margin', isolated],
  ]
  const wallets = held.map(([walletName, lines]) => {
    let usdt = 0n
    for (const line of lines) usdt += worthOf(line, priceOf(deps, venue.assets[line.asset]))
    return row(walletName, usdt)
  })
  return [...wallets, row('Earn', lentWorth(call))]
}

/** What the user has lent to pools, in 10⁻⁸ USDT; rounded down. */
function lentWorth({ deps, userId }: UserCall): bigint {
  let usdt = 0n
  for (const { asset, claim } of deps.engine.ask('poolPositions', { userId })) {
    usdt += divFloor(claim * priceOf(deps, deps.engine.venue.assets[asset]), AMOUNT_SCALE)
  }
  return usdt
}
