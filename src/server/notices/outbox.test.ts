import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { UserId } from '../../core/domain/ids.ts'
import { ephemeralMasterKey } from '../access/master-key.ts'
import type { Delivery, Place } from './delivery.ts'
import { DeliveryFailed } from './delivery.ts'
import type { OutgoingNotice } from './outbox.ts'
import { Outbox } from './outbox.ts'
import { OutboxStore } from './outbox-store.ts'

const ANN = 1 as UserId
const BOB = 2 as UserId
const key = ephemeralMasterKey()

function notice(sequence: number, userId: UserId = ANN, position = 0): OutgoingNotice {
  const noticeId = `${sequence}-${position}`
  const payload = JSON.stringify({ id: noticeId })
  return { noticeId, sequence, position, userId, timeMs: 0, payload }
}

/** An outbox before a world that says what arrives; its clock stands still until it is moved. */
class Trial {
  readonly notices: OutgoingNotice[] = []
  readonly arrived: string[] = []
  readonly failures: unknown[] = []
  nowMs = 1_000
  venueNowMs = 0
  refuse: ((delivery: Delivery) => string | null) | null = null
  mails = new Map<UserId, string>()
  outbox: Outbox | null = null
  store: OutboxStore | null = null
  broken = false

  async open(location = ':memory:', history = 'one'): Promise<void> {
    this.store = await OutboxStore.open(location, key, history)
    const reach = async (delivery: Delivery) => {
      const refused = this.refuse?.(delivery) ?? null
      if (refused === 'crash') throw new Error('a bug')
      if (refused !== null) throw new DeliveryFailed(refused)
      this.arrived.push(`${delivery.channel} ${delivery.noticeId}`)
    }
    this.outbox = new Outbox({
      store: this.store,
      noticesAfter: async (place: Place, limit) => {
        if (this.broken) throw new Error('the database is away')
        return this.notices.filter((each) => isAfter(each, place)).slice(0, limit)
      },
      mailAddress: async (userId) => this.mails.get(userId) ?? null,
      post: (_webhook, delivery) => reach(delivery),
      mail: (_address, delivery) => reach(delivery),
      nowMs: () => this.nowMs,
      venueNowMs: () => this.venueNowMs,
      onFailure: (error) => this.failures.push(error),
    })
  }

  /** Lets it do all it can at this time. */
  async settle(): Promise<void> {
    this.outbox?.wake()
    for (let turns = 0; turns < 60; turns += 1) await turn()
  }

  async states(): Promise<string[]> {
    const ids = this.notices.map(({ noticeId }) => noticeId)
    const deliveries = (await this.store?.deliveriesOf(ids)) ?? []
    return deliveries.map((d) => `${d.channel} ${d.noticeId} ${d.state} ${d.attempts}`)
  }

  close(): Promise<void> | undefined {
    return this.outbox?.close()
  }
}

function isAfter(each: Place, place: Place): boolean {
  return (
    each.sequence > place.sequence ||
    (each.sequence === place.sequence && each.position > place.position)
  )
}

async function trial(): Promise<Trial> {
  const opened = new Trial()
  await opened.open()
  onTestFinished(async () => opened.close())
  return opened
}

test('N1 N2 each notice goes once to every channel its user has, and to nobody else', async () => {
  const venue = await trial()
  await venue.store?.setWebhook(ANN, 'https://ann.example.org/', 0)
  venue.mails.set(ANN, 'ann@example.org').set(BOB, 'bob@example.org')
  venue.notices.push(notice(3), notice(3, BOB, 1), notice(9, 3 as UserId))
  await venue.settle()
  await venue.settle()
  expect(venue.arrived.sort()).toEqual(['EMAIL 3-0', 'EMAIL 3-1', 'WEBHOOK 3-0'])
  expect(await venue.states()).toEqual([
    'EMAIL 3-0 DELIVERED 1',
    'EMAIL 3-1 DELIVERED 1',
    'WEBHOOK 3-0 DELIVERED 1',
  ])
})

test('N3 an outbox that begins late sends nothing that lies three days back', async () => {
  const venue = await trial()
  venue.mails.set(ANN, 'ann@example.org')
  venue.venueNowMs = 3 * 86_400_000
  venue.notices.push(notice(1), { ...notice(2), timeMs: 1 })
  await venue.settle()
  expect(venue.arrived).toEqual(['EMAIL 2-0'])
})

test('N3 what fails is tried again after its pause, and shows why meanwhile', async () => {
  const venue = await trial()
  await venue.store?.setWebhook(ANN, 'https://ann.example.org/', 0)
  venue.refuse = () => 'it answered 503'
  venue.notices.push(notice(1))
  await venue.settle()
  expect(await venue.states()).toEqual(['WEBHOOK 1-0 PENDING 1'])
  const [failed] = (await venue.store?.deliveriesIn('PENDING', 10)) ?? []
  expect(failed).toMatchObject({ error: 'it answered 503', nextMs: 6_000 })
  venue.nowMs = 5_999
  await venue.settle()
  expect(await venue.states()).toEqual(['WEBHOOK 1-0 PENDING 1'])
  venue.refuse = null
  venue.nowMs = 6_000
  await venue.settle()
  expect(await venue.states()).toEqual(['WEBHOOK 1-0 DELIVERED 2'])
})

test('N3 after three days it is given up, and stays visible', async () => {
  const venue = await trial()
  venue.mails.set(ANN, 'ann@example.org')
  venue.refuse = () => 'the mail relay answered 550'
  venue.notices.push(notice(1))
  await venue.settle()
  venue.nowMs += 3 * 86_400_000
  await venue.settle()
  expect(await venue.states()).toEqual(['EMAIL 1-0 FAILED 2'])
  venue.nowMs += 86_400_000
  await venue.settle()
  expect(await venue.states()).toEqual(['EMAIL 1-0 FAILED 2'])
})

test('N3 a channel that fails or breaks holds up no other', async () => {
  const venue = await trial()
  await venue.store?.setWebhook(ANN, 'https://ann.example.org/', 0)
  venue.mails.set(ANN, 'ann@example.org')
  venue.refuse = ({ channel }) => (channel === 'WEBHOOK' ? 'crash' : null)
  for (let sequence = 1; sequence <= 30; sequence += 1) venue.notices.push(notice(sequence))
  await venue.settle()
  await venue.settle()
  expect(venue.arrived).toHaveLength(30)
  expect(venue.failures).toHaveLength(30)
  expect((await venue.store?.deliveriesIn('PENDING', 100))?.[0]?.error).toBe('an unknown failure')
})

test('N2 while the histories cannot be read nothing is lost', async () => {
  const venue = await trial()
  venue.mails.set(ANN, 'ann@example.org')
  venue.notices.push(notice(1))
  venue.broken = true
  await venue.settle()
  expect(venue.failures).toHaveLength(1)
  venue.broken = false
  await venue.settle()
  expect(venue.arrived).toEqual(['EMAIL 1-0'])
})

test('N2 it goes on in a file where it was left, and sends nothing again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fulcrum-outbox-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'outbox.sqlite')
  const venue = new Trial()
  venue.mails.set(ANN, 'ann@example.org')
  venue.notices.push(notice(1), notice(2))
  await venue.open(path)
  venue.refuse = ({ noticeId }) => (noticeId === '2-0' ? 'it answered 500' : null)
  await venue.settle()
  await venue.close()
  venue.notices.push(notice(3))
  venue.refuse = null
  venue.nowMs += 5_000
  await venue.open(path)
  await venue.settle()
  expect(venue.arrived.sort()).toEqual(['EMAIL 1-0', 'EMAIL 2-0', 'EMAIL 3-0'])
  await venue.close()
})

test('N2 an attempt whose end was not noted is made again, under the same id', async () => {
  const venue = await trial()
  venue.mails.set(ANN, 'ann@example.org')
  venue.notices.push(notice(1))
  const note = venue.store?.note.bind(venue.store)
  Object.assign(venue.store as object, {
    note: () => Promise.reject(new Error('killed before it was written')),
  })
  await venue.settle()
  Object.assign(venue.store as object, { note })
  await venue.settle()
  expect(venue.arrived).toEqual(['EMAIL 1-0', 'EMAIL 1-0'])
  expect(await venue.states()).toEqual(['EMAIL 1-0 DELIVERED 1'])
})

test('N2 another history starts anew, with the webhooks that users have', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fulcrum-outbox-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'outbox.sqlite')
  const venue = new Trial()
  venue.notices.push(notice(1))
  await venue.open(path)
  await venue.store?.setWebhook(ANN, 'https://ann.example.org/', 0)
  await venue.settle()
  await venue.close()
  await venue.open(path, 'two')
  await venue.settle()
  expect(venue.arrived).toEqual(['WEBHOOK 1-0', 'WEBHOOK 1-0'])
  await venue.close()
})

test('N4 a webhook is one for each user, its secret new with each address and sealed where it lies', async () => {
  const store = await OutboxStore.open(':memory:', key, 'one')
  const first = await store.setWebhook(ANN, 'https://one.example.org/', 1)
  const second = await store.setWebhook(ANN, 'https://two.example.org/', 2)
  expect(second.secret).not.toBe(first.secret)
  expect(await store.webhook(ANN)).toEqual(second)
  expect(await store.webhook(BOB)).toBeNull()
  expect(await store.removeWebhook(ANN)).toBe(true)
  expect(await store.removeWebhook(ANN)).toBe(false)
  await store.close()
})
