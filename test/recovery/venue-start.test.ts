import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nodeStorage } from '../../src/server/journal/node-storage.ts'
import { scanJournal } from '../../src/server/journal/scan.ts'
import { createTrader, HttpLoad } from './http-load.ts'
import { KeptRecord } from './kept-record.ts'
import { audit, KillableVenue } from './killable-venue.ts'
import type { Credentials } from './signed-caller.ts'
import { SignedCaller } from './signed-caller.ts'

const ASKED_PRICE = 60_000
const LOAD_MS = 250

const folder = mkdtempSync(join(tmpdir(), 'fulcrum-venue-start-'))
/** What a killed venue left; tests copy it. */
const killed = join(folder, 'killed')
let trader: Credentials

function startOn(dir: string, ...flags: string[]): KillableVenue {
  return new KillableVenue('--data', dir, '--market', 'still', ...flags)
}

/** A venue on `dir` for as long as `work` takes; what is left of it then is killed. */
async function within<T>(
  dir: string,
  work: (venue: KillableVenue, url: string) => Promise<T>,
): Promise<T> {
  const venue = startOn(dir)
  try {
    return await work(venue, await venue.ready())
  } finally {
    await venue.kill()
  }
}

function copyOfKilled(name: string): string {
  const dir = join(folder, name.replaceAll(' ', '-'))
  cpSync(killed, dir, { recursive: true })
  return dir
}

async function journalOf(dir: string) {
  const offsets: number[] = []
  const scan = await scanJournal(nodeStorage(), `${dir}/journal`, (_segment, { offset }) =>
    offsets.push(offset),
  )
  const file = scan.segments.at(-1)?.path ?? ''
  return { file, end: scan.endOffset, last: offsets.at(-1) ?? 0, offsets }
}

beforeAll(async () => {
  await within(killed, async (venue, url) => {
    trader = await createTrader(url)
    const caller = new SignedCaller(url)
    const resting = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' }
    for (const path of ['/api/v3/order', '/sapi/v1/margin/order']) {
      const order = { ...resting, price: ASKED_PRICE * 0.9, quantity: '0.001' }
      expect((await caller.signed(trader, 'POST', path, order)).status).toBe(200)
    }
    caller.close()
    const load = new HttpLoad(1, ASKED_PRICE)
    const driven = load.drive(url, [trader])
    await delay(LOAD_MS)
    await venue.kill()
    await driven
  })
}, 30_000)

afterAll(() => rmSync(folder, { recursive: true }))

test('J5 a second start on the folder of a running venue is refused by name, and the first goes on', async () => {
  const dir = copyOfKilled('in use')
  await within(dir, async (first, url) => {
    const second = startOn(dir)
    expect(await second.ended).toEqual({ code: 1, signal: null })
    const said = `fulcrum: ${dir} is in use by process ${first.processId}. Stop that process first`
    expect(second.complaints).toContain(said)
    expect(second.complaints).not.toMatch(/^\s+at /m)
    const caller = new SignedCaller(url)
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.001' }
    const placed = await caller.signed(trader, 'POST', '/api/v3/order', order)
    expect(placed).toMatchObject({ status: 200, body: { status: 'FILLED' } })
    const kept = { symbol: 'BTCUSDT', orderId: placed.body.orderId }
    const found = await caller.signed(trader, 'GET', '/api/v3/order', kept)
    expect(found).toMatchObject({ status: 200, body: { status: 'FILLED' } })
    caller.close()
    expect(await first.stop()).toEqual({ code: 0, signal: null })
  })
})

type Journal = Awaited<ReturnType<typeof journalOf>>

function overwrite(file: string, offset: number, bytes: Uint8Array): void {
  const content = readFileSync(file)
  content.set(bytes, offset)
  writeFileSync(file, content)
}

function flip(file: string, offset: number): void {
  const content = readFileSync(file)
  overwrite(file, offset, Uint8Array.of((content[offset] ?? 0) ^ 1))
}

test.each<[string, (journal: Journal) => void, keyof Pick<Journal, 'end' | 'last'>]>([
  [
    'half a batch begun after the last',
    ({ file, end }) => overwrite(file, end, new Uint8Array(300).fill(7)),
    'end',
  ],
  [
    'a last batch that the file ends in',
    ({ file, last }) => truncateSync(file, last + 100),
    'last',
  ],
  [
    'a last batch with zeros for its second half',
    ({ file, last, end }) => overwrite(file, last + 100, new Uint8Array(end - last - 100)),
    'last',
  ],
])('J3 %s is cut off and told of, and the venue trades', async (name, tear, at) => {
  const dir = copyOfKilled(name)
  const journal = await journalOf(dir)
  tear(journal)
  await within(dir, async (venue, url) => {
    expect(venue.complaints).toContain(journal.file)
    expect(venue.complaints).toContain(`"offset":${journal[at]}`)
    const caller = new SignedCaller(url)
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.001' }
    const placed = await caller.signed(trader, 'POST', '/api/v3/order', order)
    expect(placed).toMatchObject({ status: 200, body: { status: 'FILLED' } })
    const all = await caller.signed(trader, 'GET', '/api/v3/allOrders', { symbol: 'BTCUSDT' })
    expect(all.body.at(-1)).toMatchObject({ orderId: placed.body.orderId, status: 'FILLED' })
    caller.close()
    expect(await venue.stop()).toEqual({ code: 0, signal: null })
  })
  expect(await audit(dir)).toMatchObject({ code: 0, ok: true })
})

test.each<[string, (journal: Journal) => number, number]>([
  ['the first batch', ({ offsets }) => offsets[0] ?? 0, 100],
  ['a batch in the middle', ({ offsets }) => offsets[offsets.length >> 1] ?? 0, 100],
  ['a header in the middle', ({ offsets }) => offsets[offsets.length >> 1] ?? 0, 4],
  ['the segment’s own header', () => 0, 20],
])(
  'J4 a flipped byte in %s stops the start with file, place and remedy',
  async (name, placeOf, within) => {
    const dir = copyOfKilled(name)
    const journal = await journalOf(dir)
    const place = placeOf(journal)
    flip(journal.file, place + within)
    const before = readFileSync(journal.file)
    const venue = startOn(dir)
    expect(await venue.ended).toEqual({ code: 1, signal: null })
    const said = new RegExp(`fulcrum: ${journal.file} at byte (\\d+): .*backup`).exec(
      venue.complaints,
    )
    expect(Number(said?.[1])).toBeGreaterThanOrEqual(place)
    expect(Number(said?.[1])).toBeLessThanOrEqual(place + within)
    expect(venue.complaints).not.toMatch(/^\s+at /m)
    expect(readFileSync(journal.file).equals(before)).toBe(true)
    expect(await audit(dir)).toMatchObject({ code: 1, ok: false })
  },
)

test('J9 SIGTERM the moment it says that it trades ends with 0', async () => {
  await within(join(folder, 'brief'), async (venue) => {
    expect(await venue.stop()).toEqual({ code: 0, signal: null })
  })
})

test('J9 SIGTERM under load ends with 0 and loses nothing', async () => {
  const dir = join(folder, 'stopped')
  const load = new HttpLoad(2, ASKED_PRICE)
  const users: Credentials[] = []
  let fromMs = 0
  await within(dir, async (venue, url) => {
    for (let user = 0; user < 3; user += 1) users.push(await createTrader(url))
    fromMs = Date.now()
    const driven = load.drive(url, users)
    await delay(LOAD_MS)
    expect(await venue.stop()).toEqual({ code: 0, signal: null })
    await driven
  })
  const verdict = await within(dir, (_venue, url) =>
    new KeptRecord().check(url, users, load.intents, { fromMs }),
  )
  expect(verdict.lost).toEqual([])
  expect(verdict.acknowledged).toBeGreaterThan(0)
  for (const { answer } of load.intents) {
    if (answer !== null && answer.status !== 200)
      expect(answer).toMatchObject({ status: 503, body: { code: -1008 } })
  }
  expect(await audit(dir)).toMatchObject({ code: 0, ok: true })
})

test('J9 keys, open orders, balances, candles, trades and the day’s ticker are after a kill what they were', async () => {
  const dir = copyOfKilled('same')
  const before = await within(dir, (_venue, url) => shown(url))
  const after = await within(dir, (_venue, url) => shown(url))
  expect(after).toEqual(before)
  expect(after['/api/v3/openOrders'].length).toBeGreaterThan(0)
  expect(after['/sapi/v1/margin/openOrders'].length).toBeGreaterThan(0)
  expect(after['/api/v3/myTrades'].length).toBeGreaterThan(0)
  expect(Number(after['/api/v3/ticker/24hr'].volume)).toBeGreaterThan(0)
  expect(after['/api/v3/klines'].length).toBeGreaterThan(0)
})

async function shown(url: string) {
  const caller = new SignedCaller(url)
  // biome-ignore lint/suspicious/noExplicitAny: whatever the venue answers
  const answers: Record<string, any> = {}
  const of = { symbol: 'BTCUSDT' }
  for (const [path, fields] of [
    ['/api/v3/account', {}],
    ['/api/v3/openOrders', {}],
    ['/api/v3/myTrades', of],
    ['/sapi/v1/margin/account', {}],
    ['/sapi/v1/margin/openOrders', of],
    ['/sapi/v1/margin/myTrades', of],
    ['/sapi/v1/margin/interestHistory', {}],
  ] as const) {
    const { status, body } = await caller.signed(trader, 'GET', path, fields)
    expect(status, JSON.stringify(body)).toBe(200)
    answers[path] = body
  }
  // Both tell the time they were asked at.
  answers['/api/v3/account'].updateTime = null
  const ticker = (await caller.get('/api/v3/ticker/24hr?symbol=BTCUSDT')).body
  answers['/api/v3/ticker/24hr'] = { ...ticker, openTime: null, closeTime: null }
  const klines = '/api/v3/klines?symbol=BTCUSDT&interval=1h'
  answers['/api/v3/klines'] = (await caller.get(klines)).body
  caller.close()
  return answers
}
