import { expect } from 'vitest'
import type { Intent } from './http-load.ts'
import type { Answer, Credentials, Fields } from './signed-caller.ts'
import { SignedCaller } from './signed-caller.ts'

const ORDERS_PAGE = 500
const ROWS_PAGE = 100
/** The amounts that `HttpLoad` gives its movements. */
const NAMED = /^1\.\d{8}$/

const ORDER_LISTS = [
  { kind: 'spot order', path: '/api/v3' },
  { kind: 'margin order', path: '/sapi/v1/margin' },
] as const

const MOVEMENT_LISTS = [
  { kind: 'transfer', path: '/sapi/v1/asset/transfer', fields: { type: 'MAIN_MARGIN' } },
  { kind: 'transfer', path: '/sapi/v1/asset/transfer', fields: { type: 'MARGIN_MAIN' } },
  { kind: 'borrow', path: '/sapi/v1/margin/borrow-repay', fields: { type: 'BORROW' } },
  { kind: 'repay', path: '/sapi/v1/margin/borrow-repay', fields: { type: 'REPAY' } },
] as const

// biome-ignore lint/suspicious/noExplicitAny: whatever the venue answers
type Row = any

export interface Verdict {
  readonly acknowledged: number
  /** Acknowledged and not there, there twice, or there as something else. Empty is the aim. */
  readonly lost: readonly string[]
  /** Never answered; how many of them took effect. */
  readonly unknown: number
  readonly unknownKept: number
}

/** What a venue shows of all loads so far, read over its API, against what their clients were told. */
export class KeptRecord {
  /** By kind and id, so that an id given twice is noticed however far apart. */
  readonly #names = new Map<string, string>()
  readonly #lastOrderId = new Map<string, number>()

  /** Reads what is new since the last look; with `all`, everything there is. */
  async check(
    url: string,
    users: readonly Credentials[],
    intents: readonly Intent[],
    { fromMs, all = false }: { fromMs: number; all?: boolean },
  ): Promise<Verdict> {
    if (all) this.#lastOrderId.clear()
    const found = new Map<string, Row[]>()
    await Promise.all(users.map((user) => this.#readUser(url, user, all ? null : fromMs, found)))
    const names = new Set(intents.map(({ name }) => name))
    const strangers = [...found.keys()].filter((name) => !names.has(name))
    const lost = strangers.map((name) => `${name}: nobody asked for it`)
    let acknowledged = 0
    let unknown = 0
    let unknownKept = 0
    for (const intent of intents) {
      const rows = found.get(intent.name) ?? []
      if (rows.length > 1) lost.push(`${intent.name}: ${rows.length} times`)
      if (intent.answer === null) {
        unknown += 1
        unknownKept += rows.length
      } else if (intent.answer.status === 200) {
        acknowledged += 1
        const why = differs(intent, rows[0])
        if (why !== null) lost.push(`${intent.kind} ${intent.name}: ${why}`)
      } else if (rows.length > 0) lost.push(`${intent.name}: refused, and there`)
    }
    return { acknowledged, lost, unknown, unknownKept }
  }

  async #readUser(
    url: string,
    user: Credentials,
    fromMs: number | null,
    found: Map<string, Row[]>,
  ): Promise<void> {
    const caller = new SignedCaller(url)
    const keep = (kind: string, id: number, name: string, row: Row): void => {
      this.#claim(kind, id, name)
      found.set(name, [...(found.get(name) ?? []), row])
    }
    for (const { kind, path } of ORDER_LISTS) {
      const place = `${user.apiKey} ${path}`
      const after = this.#lastOrderId.get(place) ?? 0
      const rows = await ordersAfter(caller, user, path, after)
      for (const row of rows) keep('order', row.orderId, row.clientOrderId, { ...row, kind })
      this.#lastOrderId.set(place, Math.max(after, ...rows.map(({ orderId }) => orderId)))
    }
    for (const { kind, path, fields } of MOVEMENT_LISTS) {
      const range = fromMs === null ? {} : { startTime: fromMs }
      for (const row of await movements(caller, user, path, { ...fields, ...range })) {
        const id = row.tranId ?? row.txId
        if (NAMED.test(row.amount) && row.type !== 'AUTO') {
          keep('transaction', id, row.amount, { ...row, kind })
        } else {
          // What orders borrowed and repaid by themselves, and the loan that each trader begins with.
          this.#claim('transaction', id, `${kind} of ${row.amount} at ${row.timestamp}`)
        }
      }
    }
    caller.close()
  }

  #claim(kind: string, id: number, name: string): void {
    const known = this.#names.get(`${kind} ${id}`)
    expect(known ?? name, `${kind} ${id} is given to one thing only`).toBe(name)
    this.#names.set(`${kind} ${id}`, name)
  }
}

/** Why the row is not what the client was told; null when it is. */
function differs({ kind, answer, cancellation }: Intent, row: Row): string | null {
  if (row === undefined) return 'is not there'
  if (row.kind !== kind) return `is a ${row.kind}`
  const told = answer?.body
  if (told.tranId !== undefined) {
    const id = row.tranId ?? row.txId
    if (id !== told.tranId) return `has id ${id}, told ${told.tranId}`
    return row.status === 'CONFIRMED' ? null : `is ${row.status}`
  }
  if (row.orderId !== told.orderId) return `has id ${row.orderId}, told ${told.orderId}`
  const allowed: Record<Intent['cancellation'], readonly string[]> = {
    none: [told.status],
    asked: [told.status, 'CANCELED'],
    acknowledged: ['CANCELED'],
  }
  const due = allowed[cancellation]
  if (!due.includes(row.status)) return `is ${row.status}, told ${due.join(' or ')}`
  return row.executedQty === told.executedQty ? null : `filled ${row.executedQty}`
}

async function ordersAfter(
  caller: SignedCaller,
  user: Credentials,
  path: string,
  after: number,
): Promise<Row[]> {
  const rows: Row[] = []
  for (;;) {
    const orderId = Math.max(after, rows.at(-1)?.orderId ?? 0) + 1
    const fields = { symbol: 'BTCUSDT', orderId, limit: ORDERS_PAGE }
    const page = bodyOf(await caller.signed(user, 'GET', `${path}/allOrders`, fields))
    rows.push(...page)
    if (page.length < ORDERS_PAGE) return rows
  }
}

async function movements(
  caller: SignedCaller,
  user: Credentials,
  path: string,
  fields: Fields,
): Promise<Row[]> {
  const rows: Row[] = []
  const asked = { asset: 'USDT', size: ROWS_PAGE, ...fields }
  for (let current = 1; ; current += 1) {
    const page = bodyOf(await caller.signed(user, 'GET', path, { ...asked, current }))
    rows.push(...page.rows)
    if (page.rows.length < ROWS_PAGE) {
      expect(rows.length).toBe(page.total)
      return rows
    }
  }
}

function bodyOf({ status, body }: Answer): Row {
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}
