import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { audit, KillableVenue } from './killable-venue.ts'
import type { Answer, Credentials, Fields } from './signed-caller.ts'
import { SignedCaller } from './signed-caller.ts'

const dir = mkdtempSync(join(tmpdir(), 'fulcrum-notices-'))
/** Types of notices by idempotency key, in the order of their first arrival. */
const received = new Map<string, string>()
let down = true

const receiver = createServer((request, response) => {
  let body = ''
  request.on('data', (part) => {
    body += part
  })
  request.on('end', () => {
    response.statusCode = down ? 503 : 200
    if (!down) received.set(String(request.headers['idempotency-key']), JSON.parse(body).type)
    response.end()
  })
})

beforeAll(async () => {
  process.env['FULCRUM_WEBHOOK_NETWORKS'] = '127.0.0.0/8'
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  delete process.env['FULCRUM_WEBHOOK_NETWORKS']
  receiver.close()
  rmSync(dir, { recursive: true })
})

/** A venue on the folder for as long as `work` takes, which then is killed. */
async function within<T>(work: (caller: SignedCaller) => Promise<T>): Promise<T> {
  const venue = new KillableVenue('--data', dir, '--market', 'still')
  const caller = new SignedCaller(await venue.ready())
  try {
    return await work(caller)
  } finally {
    expect((await venue.kill()).signal).toBe('SIGKILL')
    caller.close()
  }
}

let user: Credentials

async function ok(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body } = await answer
  expect([status, body]).toEqual([200, body])
  return body
}

function signed(caller: SignedCaller, route: string, fields: Fields = {}) {
  const [method = '', path = ''] = route.split(' ')
  return ok(caller.signed(user, method, path, fields))
}

/** Level (BTC + 41,000) / 40,000: a call at 5,400, liquidation at 3,000. */
async function openAccount(caller: SignedCaller): Promise<void> {
  user = await ok(
    caller.post('/sandbox/v1/users', {
      kyc: 'APPROVED',
      disclosure: true,
      fundedDaysAgo: 8,
      mode: 'CROSS',
      wallets: { CROSS_MARGIN: { BTC: '1', USDT: '1000' } },
    }),
  )
  const loan = { asset: 'USDT', amount: '40000', type: 'BORROW', isIsolated: 'FALSE' }
  await signed(caller, 'POST /sapi/v1/margin/borrow-repay', loan)
  const { port } = receiver.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/hook`
  const { secret } = await signed(caller, 'PUT /fulcrum/v1/notices/webhook', { url })
  expect(secret).toMatch(/^[\w-]{43}$/)
}

/** Acknowledged once it returns. */
async function call(caller: SignedCaller, price: string): Promise<void> {
  await ok(caller.post('/sandbox/v1/index-prices', { prices: { BTC: price }, market: 'leave' }))
}

interface Row {
  readonly id: string
  readonly type: string
  readonly deliveries: readonly { readonly channel: string; readonly state: string }[]
}

async function rowsOf(caller: SignedCaller): Promise<Row[]> {
  return (await signed(caller, 'GET /fulcrum/v1/notices', { size: 100 })).rows
}

test('N2 J7 a venue killed right after an acknowledged margin call sends its notice when it is back', async () => {
  await within(async (caller) => {
    await openAccount(caller)
    await call(caller, '5300')
  })
  expect(received.size).toBe(0)
  down = false
  for (const price of ['4400', '3500']) {
    await within(async (caller) => {
      await call(caller, price)
      await delay(Math.random() * 60)
    })
  }
  const rows = await within(async (caller) => {
    for (let tries = 0; tries < 200; tries += 1) {
      const now = await rowsOf(caller)
      const sent = now.flatMap(({ deliveries }) =>
        deliveries.filter((d) => d.channel === 'WEBHOOK'),
      )
      if (sent.length > 0 && sent.every(({ state }) => state === 'DELIVERED')) return now
      await delay(100)
    }
    return rowsOf(caller)
  })
  const calls = rows.filter(({ type }) => type === 'MARGIN_CALL')
  expect(calls.length).toBeGreaterThanOrEqual(3)
  const told = rows.filter(({ type }) => type !== 'KYC_REVIEWED')
  expect(told.filter(({ id, type }) => received.get(id) !== type)).toEqual([])
  for (const { deliveries } of told)
    expect(deliveries).toMatchObject([{ channel: 'OUTBOX' }, { state: 'DELIVERED' }])
  expect(await audit(dir)).toMatchObject({ code: 0, ok: true, violations: [] })
}, 120_000)
