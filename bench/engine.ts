import type { Command, PlaceOrder } from '../src/core/domain/command.ts'
import type {
  AssetIndex,
  OrderId,
  Sequence,
  SymbolIndex,
  TimestampMs,
  UserId,
} from '../src/core/domain/ids.ts'
import { apply, createState } from '../src/core/engine/engine.ts'
import type { ExchangeState } from '../src/core/engine/state.ts'
import { venueOf } from '../src/core/engine/state.ts'
import type { Amount } from '../src/core/money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../src/core/money/price.ts'
import { Prng } from '../src/server/feed/prng.ts'
import { loadProfile } from '../src/venue/profile.ts'
import type { BenchRow } from './row.ts'

const ACCOUNTS = 1_000
const START_MS = 1_767_225_600_000

/** 9 % limit, 3 % immediate-or-cancel, 6 % cancel, 82 % cancel-replace, on cross margin accounts that owe. */
export class Workload {
  readonly state: ExchangeState = createState()
  readonly #prng: Prng
  readonly #open: OrderId[][] = []
  #users: UserId[] = []

  constructor(seed: number) {
    this.#prng = new Prng(seed)
    this.submit({ type: 'OpenVenue', document: loadProfile('classic') })
    this.submit({
      type: 'SetIndexPrices',
      prices: [[this.asset('BTC'), 3_000_000_000_000n as IndexPrice]],
    })
    for (let n = 0; n < ACCOUNTS; n += 1) this.#openAccount()
    for (let n = 0; n < ACCOUNTS * 4; n += 1) this.submit(this.#limit(n % ACCOUNTS))
  }

  asset(code: string): AssetIndex {
    return venueOf(this.state).assetByCode.get(code)?.index as AssetIndex
  }

  #openAccount(): void {
    this.submit({ type: 'CreateUser' })
    const userId = this.state.users.length as UserId
    this.#users.push(userId)
    this.#open.push([])
    this.submit({ type: 'SubmitKyc', userId })
    this.submit({ type: 'ReviewKyc', userId, decision: 'APPROVED', reason: '', reviewer: 'bench' })
    this.submit({ type: 'AcceptDisclosure', userId, version: '2026-01' })
    const funds: [string, bigint][] = [
      ['USDT', 1_000_000n],
      ['BTC', 20n],
      ['ETH', 0n],
    ]
    for (const [code, units] of funds) {
      if (units === 0n) continue
      const amount = (units * 100_000_000n) as Amount
      this.submit({
        type: 'Deposit',
        userId,
        wallet: 'CROSS_MARGIN',
        asset: this.asset(code),
        amount,
      })
    }
    this.submit({ type: 'BackdateFunding', userId, days: 8 })
    this.submit({ type: 'SetMarginMode', userId, mode: 'CROSS' })
    this.submit({
      type: 'Borrow',
      userId,
      asset: this.asset('USDT'),
      amount: 100_000_000_000n as Amount,
    })
  }

  submit(command: Command) {
    const sequence = (this.state.sequence + 1) as Sequence
    return apply(this.state, { sequence, timestampMs: START_MS as TimestampMs, command })
  }

  /** The next command of the mix, and its account. */
  next(): { command: Command; account: number } {
    const account = this.#prng.below(ACCOUNTS)
    const dice = this.#prng.below(100)
    const open = this.#open[account] as OrderId[]
    const oldest = open[0]
    if (oldest === undefined || dice < 9) return { command: this.#limit(account), account }
    if (dice < 12) return { command: { ...this.#limit(account), timeInForce: 'IOC' }, account }
    if (dice < 18) {
      open.shift()
      const userId = this.#users[account] as UserId
      const order = { orderId: oldest, clientOrderId: null }
      return {
        command: {
          type: 'CancelOrder',
          userId,
          wallet: 'CROSS_MARGIN',
          symbol: 0 as SymbolIndex,
          order,
        },
        account,
      }
    }
    open.shift()
    const cancel = { orderId: oldest, clientOrderId: null }
    return {
      command: {
        type: 'CancelReplace',
        cancel,
        mode: 'ALLOW_FAILURE',
        place: this.#limit(account),
      },
      account,
    }
  }

  run(commands: number): { events: number; refusals: number } {
    let events = 0
    let refusals = 0
    for (let n = 0; n < commands; n += 1) {
      const { command, account } = this.next()
      const outcome = this.submit(command)
      events += outcome.events.length
      if (outcome.refusal !== null) refusals += 1
      for (const event of outcome.events) {
        if (event.type === 'OrderAccepted' && event.order.timeInForce === 'GTC')
          this.#open[account]?.push(event.order.id)
      }
    }
    return { events, refusals }
  }

  #limit(account: number): PlaceOrder {
    const side = this.#prng.below(2) === 0 ? 'BUY' : 'SELL'
    const offset = this.#prng.below(4_000) - 40
    const price = 3_000_000 + (side === 'BUY' ? -offset : offset)
    return {
      type: 'PlaceOrder',
      userId: this.#users[account] as UserId,
      wallet: 'CROSS_MARGIN',
      symbol: 0 as SymbolIndex,
      side,
      orderType: 'LIMIT',
      timeInForce: 'GTC',
      price: price as Ticks,
      lots: (100 + this.#prng.below(1_000)) as Lots,
      quoteQuantity: 0n as Amount,
      clientOrderId: `b${this.state.sequence}`,
      sideEffect: 'NO_SIDE_EFFECT',
      autoRepayAtCancel: true,
      selfTradePrevention: 'EXPIRE_MAKER',
    }
  }
}

export async function engine(options: { quick?: boolean } = {}): Promise<BenchRow[]> {
  const commands = options.quick ? 50_000 : 200_000
  const workload = new Workload(7)
  workload.run(commands / 4)
  const rates: number[] = []
  for (let run = 0; run < 5; run += 1) {
    const started = performance.now()
    workload.run(commands)
    rates.push(Math.round((commands / (performance.now() - started)) * 1_000))
  }
  rates.sort((a, b) => a - b)
  return [
    {
      bench: 'engine',
      case: 'match + margin + ledger, 1,000 margin accounts',
      metric: 'throughput',
      unit: 'commands/s',
      value: rates[2] as number,
      runs: rates.length,
      min: rates[0] as number,
      max: rates[4] as number,
    },
  ]
}
