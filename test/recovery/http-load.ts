import { present } from '../../src/core/assert.ts'
import type { Answer, Credentials, Fields } from './signed-caller.ts'
import { SignedCaller } from './signed-caller.ts'

export type IntentKind = 'spot order' | 'margin order' | 'transfer' | 'borrow' | 'repay'

/** Something that was asked of the venue. `answer` is null for as long as nobody was told what came of it. */
export interface Intent {
  readonly kind: IntentKind
  readonly user: Credentials
  /** An order's client id; a movement's amount, which no other movement has. */
  readonly name: string
  readonly path: string
  readonly fields: Fields
  answer: Answer | null
  /** Of an order: 'asked' once its cancellation was sent, 'acknowledged' once that was answered with 200. */
  cancellation: 'none' | 'asked' | 'acknowledged'
}

/** A small generator with a seed (Park and Miller's minimal standard), so that a run can be had again. */
export function seeded(seed: number): () => number {
  let state = (Math.imul(seed, 2_654_435_761) >>> 1) % 2_147_483_646
  return () => {
    state = (((state + 1) * 48_271) % 2_147_483_647) - 1
    return state / 2_147_483_646
  }
}

/** Eligible, on cross margin, and rich enough that no load runs out of funds. */
export async function createTrader(url: string): Promise<Credentials> {
  const caller = new SignedCaller(url)
  const { status, body } = await caller.post('/sandbox/v1/users', {
    kyc: 'APPROVED',
    disclosure: true,
    fundedDaysAgo: 8,
    mode: 'CROSS',
    wallets: {
      SPOT: { USDT: '50000000', BTC: '100' },
      CROSS_MARGIN: { USDT: '5000000', BTC: '100' },
    },
  })
  const user: Credentials = body
  const loan = { asset: 'USDT', amount: '100000', type: 'BORROW', isIsolated: 'FALSE' }
  const borrowed = await caller.signed(user, 'POST', '/sapi/v1/margin/borrow-repay', loan)
  caller.close()
  if (status !== 200 || borrowed.status !== 200) throw new Error(JSON.stringify([body, borrowed]))
  return user
}

/** One connection for each of `users`, every one with one request at a time, until the venue is gone or told to end. */
export class HttpLoad {
  readonly intents: Intent[] = []
  readonly #random: () => number
  readonly #run: number
  readonly #askedPrice: number
  #ended = false

  /** `run` keeps the names of one load apart from another's. */
  constructor(run: number, askedPrice: number) {
    this.#run = run
    this.#random = seeded(run)
    this.#askedPrice = askedPrice
  }

  async drive(url: string, users: readonly Credentials[]): Promise<void> {
    await Promise.all(users.map((user) => this.#sendUntilEnd(url, user)))
  }

  end(): void {
    this.#ended = true
  }

  async #sendUntilEnd(url: string, user: Credentials): Promise<void> {
    const caller = new SignedCaller(url)
    try {
      while (!this.#ended) await this.#send(caller, user)
    } catch {
      // The connection broke: what was under way stays without an answer.
    } finally {
      caller.close()
    }
  }

  async #send(caller: SignedCaller, user: Credentials): Promise<void> {
    const intent = this.#nextIntent(user)
    this.intents.push(intent)
    intent.answer = await caller.signed(user, 'POST', intent.path, intent.fields)
    const { status, body } = intent.answer
    if (status !== 200 || body.status !== 'NEW' || this.#random() < 0.1) return
    intent.cancellation = 'asked'
    const order = { symbol: body.symbol, origClientOrderId: intent.name }
    const canceled = await caller.signed(user, 'DELETE', intent.path, order)
    if (canceled.status === 200) intent.cancellation = 'acknowledged'
  }

  #nextIntent(user: Credentials): Intent {
    const number = this.intents.length
    const choice = this.#random()
    if (choice < 0.35) return this.#order(user, number, 'spot order')
    if (choice < 0.65) return this.#order(user, number, 'margin order')
    if (choice < 0.8) return this.#transfer(user, number)
    return this.#loan(user, number, choice < 0.9 ? 'borrow' : 'repay')
  }

  #order(user: Credentials, number: number, kind: 'spot order' | 'margin order'): Intent {
    const side = this.#random() < 0.5 ? 'BUY' : 'SELL'
    const resting = this.#random() < 0.4
    const price = this.#askedPrice * (side === 'BUY' ? 0.9 : 1.1)
    const name = `r${this.#run}-${number}`
    const fields = {
      symbol: 'BTCUSDT',
      side,
      quantity: '0.001',
      newClientOrderId: name,
      newOrderRespType: 'RESULT',
      ...(resting
        ? { type: 'LIMIT', timeInForce: 'GTC', price: price.toFixed(0) }
        : { type: 'MARKET' }),
      ...(kind === 'margin order' && !resting
        ? { sideEffectType: side === 'BUY' ? 'MARGIN_BUY' : 'AUTO_REPAY' }
        : {}),
    }
    const path = kind === 'spot order' ? '/api/v3/order' : '/sapi/v1/margin/order'
    return { kind, user, name, path, fields, answer: null, cancellation: 'none' }
  }

  #transfer(user: Credentials, number: number): Intent {
    const name = this.#amount(number)
    const type = this.#random() < 0.5 ? 'MAIN_MARGIN' : 'MARGIN_MAIN'
    const fields = { type, asset: 'USDT', amount: name }
    const path = '/sapi/v1/asset/transfer'
    return { kind: 'transfer', user, name, path, fields, answer: null, cancellation: 'none' }
  }

  #loan(user: Credentials, number: number, kind: 'borrow' | 'repay'): Intent {
    const name = this.#amount(number)
    const fields = { asset: 'USDT', amount: name, type: kind.toUpperCase(), isIsolated: 'FALSE' }
    const path = '/sapi/v1/margin/borrow-repay'
    return { kind, user, name, path, fields, answer: null, cancellation: 'none' }
  }

  /** Run and number in the decimals: these calls take no id of the client's, so the amount is one. */
  #amount(number: number): string {
    const decimals = `${String(this.#run).padStart(3, '0')}${String(number).padStart(5, '0')}`
    present(number < 100_000 && this.#run < 1_000 ? number : undefined, 'the decimals are enough')
    return `1.${decimals}`
  }
}
