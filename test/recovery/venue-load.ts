import { present } from '../../src/core/assert.ts'
import type { Command, PlaceOrder } from '../../src/core/domain/command.ts'
import { PLAIN } from '../../src/core/domain/command.ts'
import type { AssetIndex, SymbolIndex, UserId } from '../../src/core/domain/ids.ts'
import type { Venue } from '../../src/core/domain/venue.ts'
import type { Amount } from '../../src/core/money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../../src/core/money/price.ts'
import { loadProfile } from '../../src/venue/profile.ts'

const USERS = 8
const WHOLE = 100_000_000n

/** What makes a venue with funded cross margin users, before any order. */
export function openingCommands(): Command[] {
  const document = loadProfile('classic')
  const asset = (code: string) =>
    document.assets.findIndex((candidate) => candidate.code === code) as AssetIndex
  const commands: Command[] = [{ type: 'OpenVenue', document }, indexPrice(asset('BTC'), 30_000)]
  for (let user = 1; user <= USERS; user += 1) {
    const userId = user as UserId
    const amounts = [
      [asset('USDT'), 100_000_000n * WHOLE],
      [asset('BTC'), 1_000n * WHOLE],
    ] as const
    commands.push(
      { type: 'CreateUser' },
      ...amounts.map(
        ([of, amount]): Command => ({
          type: 'Deposit',
          userId,
          wallet: 'CROSS_MARGIN',
          asset: of,
          amount: amount as Amount,
        }),
      ),
      { type: 'SubmitKyc', userId },
      { type: 'ReviewKyc', userId, decision: 'APPROVED', reason: '', reviewer: 'load' },
      { type: 'AcceptDisclosure', userId, version: document.policy.disclosureVersion },
      { type: 'BackdateFunding', userId, days: 8 },
      { type: 'SetMarginMode', userId, mode: 'CROSS' },
    )
  }
  return commands
}

/** The n-th command of a steady load: orders that meet, replacements, prices, time. Named by `clientOrderId`. */
export function loadCommand(venue: Venue, n: number, clientOrderId: string): Command {
  const symbol = present(venue.symbolByName.get('BTCUSDT'), 'the shipped markets have BTCUSDT')
  const price = 30_000 + ((n * 7_919) % 61) - 30
  if (n % 50 === 49) return indexPrice(symbol.base, price)
  if (n % 97 === 96) return { type: 'AdvanceTime' }
  const place: PlaceOrder = {
    type: 'PlaceOrder',
    userId: ((n % USERS) + 1) as UserId,
    wallet: 'CROSS_MARGIN',
    symbol: symbol.index as SymbolIndex,
    side: n % 3 === 0 ? 'BUY' : 'SELL',
    orderType: 'LIMIT',
    timeInForce: 'GTC',
    price: Number((BigInt(price) * WHOLE) / symbol.tickSize) as Ticks,
    lots: Number(WHOLE / 1_000n / symbol.stepSize) as Lots,
    quoteQuantity: 0n as Amount,
    ...PLAIN,
    clientOrderId,
    sideEffect: 'NO_SIDE_EFFECT',
    autoRepayAtCancel: true,
    selfTradePrevention: 'EXPIRE_MAKER',
  }
  if (n % 5 !== 4) return place
  const cancel = { orderId: null, clientOrderId: 'none' }
  return { type: 'CancelReplace', cancel, mode: 'ALLOW_FAILURE', restriction: null, place }
}

/** The name a load's command carries; null for those without. */
export function nameOf(command: Command): string | null {
  if (command.type === 'PlaceOrder') return command.clientOrderId
  return command.type === 'CancelReplace' ? command.place.clientOrderId : null
}

function indexPrice(asset: AssetIndex, usdt: number): Command {
  return { type: 'SetIndexPrices', prices: [[asset, (BigInt(usdt) * WHOLE) as IndexPrice]] }
}
