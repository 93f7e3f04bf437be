import { expect, test } from 'vitest'
import type { AccountCommand, SetMarginMode } from '../../src/core/domain/command.ts'
import type { EventType } from '../../src/core/domain/event.ts'
import type { UserId } from '../../src/core/domain/ids.ts'
import { WALLETS } from '../../src/core/domain/wallet.ts'
import { marginFor } from '../../src/core/engine/preview-command.ts'
import { accountStanding } from '../../src/core/engine/preview-order.ts'
import { encodeState } from '../../src/core/engine/snapshot.ts'
import { userOf } from '../../src/core/engine/state.ts'
import { bigintText, TestExchange } from '../../src/core/engine/test-exchange.ts'
import type { Amount } from '../../src/core/money/amount.ts'
import { Prng } from '../../src/server/feed/prng.ts'
import { loadProfile } from '../../src/venue/profile.ts'

const SEED = Number(process.env['SEED'] ?? 19_019)
/** 10,000 were run; so many run every time. */
const CASES = Number(process.env['PREVIEWS'] ?? 1_000)

/** A venue of a few users in every state of mode, debt and eligibility, that trade while prices move. */
class Venue {
  readonly exchange = new TestExchange(loadProfile('classic'))
  readonly prng = new Prng(SEED)
  readonly users: UserId[] = []
  readonly #maker: UserId

  constructor() {
    this.exchange.prices({ BTC: '30000', ETH: '2000' })
    this.#maker = this.exchange.stranger({ SPOT: { USDT: '900000000', BTC: '9000' } })
    const funds = { SPOT: { USDT: '90000', BTC: '1', ETH: '3' }, FUNDING: { USDT: '100' } }
    for (let n = 0; n < 6; n += 1) this.users.push(this.exchange.user(funds))
    for (let n = 0; n < 3; n += 1) this.users.push(this.exchange.user(funds, null))
    this.users.push(this.exchange.stranger(funds))
  }

  pick<T>(list: readonly T[]): T {
    return list[this.prng.below(list.length)] as T
  }

  /** Prices, the clock and trades: what makes the next command's case another one. */
  stir(): void {
    const { exchange, prng } = this
    const what = prng.below(10)
    if (what === 0) exchange.pass(prng.below(4) === 0 ? 3_600_000 : 20_000)
    if (what <= 1) {
      const bitcoin = 27_000 + prng.below(6_000)
      exchange.prices({ BTC: `${bitcoin}`, ETH: `${1_800 + prng.below(400)}` })
      exchange.quote(this.#maker, 'BTCUSDT', [[`${bitcoin - 5}`, '40']], [[`${bitcoin + 5}`, '40']])
    }
    if (what > 5) return
    const side = this.pick(['BUY', 'SELL'])
    const sideEffect = this.pick(['AUTO_BORROW_REPAY', 'NO_SIDE_EFFECT', 'AUTO_REPAY'] as const)
    const price = this.pick(['', ' @ 25000', ' @ 32000'])
    const size = (1 + prng.below(60)) / 100
    exchange.do(
      exchange.order(this.pick(this.users), `${side} ${size} BTCUSDT${price}`, { sideEffect }),
    )
  }

  command(): AccountCommand {
    const userId = this.pick(this.users)
    const asset = this.exchange.asset(this.pick(['USDT', 'BTC', 'ETH']))
    const type = this.pick(['Transfer', 'Transfer', 'Borrow', 'Repay', 'SetMarginMode'] as const)
    if (type === 'SetMarginMode') {
      return { type, userId, mode: this.pick(['CROSS', 'NONE', 'NONE', 'ISOLATED'] as const) }
    }
    const pair = this.exchange.symbol(this.pick(['BTCUSDT', 'ETHUSDT'])).index
    const wallets = [...WALLETS, { pair }]
    const move = { userId, asset, amount: 1n as Amount }
    const command: Exclude<AccountCommand, SetMarginMode> =
      type === 'Transfer'
        ? { ...move, type, from: this.pick(wallets), to: this.pick(wallets) }
        : { ...move, type, pair: this.pick([null, null, pair]) }
    return { ...command, amount: this.#amountFor(command) }
  }

  /** The most that would pass, its neighbours, a part of it, or something else altogether. */
  #amountFor(command: AccountCommand): Amount {
    const { max } = this.exchange.ask('previewCommand', { command })
    const most = max?.amount ?? 0n
    const drawn = BigInt(this.prng.below(2_000_000_000))
    return this.pick([
      most,
      most + 1n,
      most - 1n,
      (most * BigInt(this.prng.below(100))) / 100n,
      most / 2n,
      drawn,
      drawn * 1_000n,
      0n,
    ]) as Amount
  }
}

test(`M6 L2 B2 B6 preview equals outcome, string for string, for ${CASES} seeded transfers, loans, repayments and changes of mode`, () => {
  const venue = new Venue()
  const { exchange } = venue
  const tally = new Map<string, number>()
  for (let n = 0; n < CASES; n += 1) {
    venue.stir()
    const command = venue.command()
    const asset = command.type === 'SetMarginMode' ? null : command.asset
    const before = encodeState(exchange.state)
    const preview = exchange.ask('previewCommand', { command })
    expect(Buffer.compare(encodeState(exchange.state), before), 'a preview changes nothing').toBe(0)

    const user = userOf(exchange.state, command.userId)
    if (user === undefined) throw new Error('the user is there')
    const stand = () =>
      accountStanding(exchange.state, marginFor(exchange.state, user, command), asset)
    expect(preview.before).toEqual(stand())
    const { events, refusal } = exchange.do(command)
    const name = `case ${n} of seed ${SEED}`
    expect(JSON.stringify(preview.refusal, bigintText), name).toBe(
      JSON.stringify(refusal, bigintText),
    )
    const key = `${command.type} ${refusal === null ? 'taken' : 'refused'}`
    tally.set(key, (tally.get(key) ?? 0) + 1)
    const event = (type: EventType): unknown =>
      events.find((e) => e.type === type && 'userId' in e && e.userId === command.userId)
    if (event('LiquidationStarted') !== undefined) continue
    expect(preview.after ?? preview.before, name).toEqual(stand())
    if (preview.mode === null) expect(event('MarginModeChanged'), name).toBeUndefined()
    else expect(event('MarginModeChanged'), name).toMatchObject(preview.mode)
    if (preview.borrow === null) expect(event('LoanTaken'), name).toBeUndefined()
    else expect(event('LoanTaken'), name).toMatchObject({ amount: preview.borrow.amount })
    const repaid = event('LoanRepaid') as { interest: bigint; principal: bigint } | undefined
    expect(preview.repay?.amount, name).toBe(repaid && repaid.interest + repaid.principal)
  }
  const isolated = exchange.state.users.filter((user) => user.isolated.size > 0)
  expect(isolated.length, 'isolated accounts are opened').toBeGreaterThan(0)
  for (const kind of ['Transfer', 'Borrow', 'Repay', 'SetMarginMode']) {
    expect(tally.get(`${kind} taken`), `${kind} taken`).toBeGreaterThan(CASES / 100)
    expect(tally.get(`${kind} refused`), `${kind} refused`).toBeGreaterThan(CASES / 100)
  }
}, 600_000)

test('B2 L2 the most that a preview names passes, and one unit more does not', () => {
  const exchange = new TestExchange(loadProfile('classic'))
  exchange.prices({ BTC: '30000' })
  const userId = exchange.user({ SPOT: { USDT: '60000' }, CROSS_MARGIN: { USDT: '10000' } })
  const asset = exchange.asset('BTC')
  const usdt = exchange.asset('USDT')
  const one = 1n as Amount
  const loan = { type: 'Borrow', userId, pair: null, asset, amount: one } as const
  const asked = exchange.ask('previewCommand', { command: loan })
  // (C − r·D) / (r − 1) of 10,000 at 1.25 is 40,000, 1.33333333 BTC, less what the first hour's interest takes.
  expect(asked).toMatchObject({ binding: 'headroom', max: { amount: 133_330_553n } })
  const amount = asked.max?.amount ?? one
  const judge = (sum: bigint) =>
    exchange.ask('previewCommand', { command: { ...loan, amount: sum as Amount } })
  expect(judge(amount + 1n).refusal).toMatchObject({ reason: 'borrow_exceeds_max', max: amount })
  expect(judge(amount)).toMatchObject({ refusal: null, binding: 'headroom', warnings: [] })
  exchange.must({ ...loan, amount: 20_000_000n as Amount })

  const out = { type: 'Transfer', userId, asset: usdt, from: 'CROSS_MARGIN', to: 'SPOT' } as const
  const most = exchange.ask('previewCommand', { command: { ...out, amount: one } })
  expect(most).toMatchObject({ refusal: null, binding: 'transfer_level' })
  const leave = (most.max?.amount ?? 0n) as Amount
  exchange.must({ ...out, amount: leave })
  expect(exchange.do({ ...out, amount: one }).refusal).toMatchObject({
    reason: 'transfer_exceeds_max',
  })
})

test('L5 a preview warns of a call that the command leaves standing', () => {
  const document = loadProfile('classic')
  const exchange = new TestExchange(document)
  exchange.prices({ BTC: '30000' })
  const userId = exchange.user({ SPOT: { USDT: '60000' }, CROSS_MARGIN: { USDT: '10000' } })
  const asset = exchange.asset('BTC')
  exchange.must({ type: 'Borrow', userId, pair: null, asset, amount: 130_000_000n as Amount })
  exchange.prices({ BTC: '38000' })
  const repay = { type: 'Repay', userId, pair: null, asset, amount: 1_000_000n as Amount } as const
  expect(exchange.ask('previewCommand', { command: repay }).warnings).toEqual([])
  exchange.prices({ BTC: '54000' })
  const { warnings, after } = exchange.ask('previewCommand', { command: repay })
  expect(warnings).toEqual([`With this the account is in margin call: ${after?.marginLevel}.`])
})
