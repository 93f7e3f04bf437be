import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Intent } from './http-load.ts'
import { createTrader, HttpLoad, seeded } from './http-load.ts'
import { KeptRecord } from './kept-record.ts'
import { audit, KillableVenue } from './killable-venue.ts'
import type { Credentials } from './signed-caller.ts'
import { SignedCaller } from './signed-caller.ts'

/** `KILLS=100 npm test -- test/recovery/venue-kill.test.ts` is the acceptance run; KILL_LOG names a file to watch. */
const KILLS = Number(process.env['KILLS'] ?? 3)
const SEED = Number(process.env['KILL_SEED'] ?? 1)
const LOG = process.env['KILL_LOG']
const TRADERS = 6
const ALIVE_MS_MAX = 700
/** One start in so many has a market that moves, ends in order before its load, is killed while it starts. */
const SYNTHETIC_ONE_IN = 4
const STOPPED_ONE_IN = 5
const KILLED_STARTING_ONE_IN = 6
const STARTING_MS_MAX = 900

function log(line: object): void {
  if (LOG !== undefined) appendFileSync(LOG, `${JSON.stringify(line)}\n`)
}

async function btcPrice(url: string): Promise<number> {
  const caller = new SignedCaller(url)
  const { body } = await caller.get('/api/v3/ticker/bookTicker?symbol=BTCUSDT')
  caller.close()
  return Number(body.askPrice)
}

/** A data folder, those who trade in it, and all they ever asked for. */
class Trial {
  readonly #dir: string
  readonly #record = new KeptRecord()
  readonly #random = seeded(SEED)
  readonly #intents: Intent[] = []
  #users: Credentials[] = []
  #latest: readonly Intent[] = []
  #latestFromMs = 0
  readonly totals = { kills: 0, killsStarting: 0, acknowledged: 0, unknown: 0, unknownKept: 0 }

  constructor(dir: string) {
    this.#dir = dir
  }

  /** Start, verify what the last kill left, load, kill at a random moment, audit what is left. */
  async cycle(run: number): Promise<void> {
    const market = run % SYNTHETIC_ONE_IN === 0 ? 'synthetic' : 'still'
    if (run % KILLED_STARTING_ONE_IN === 0) await this.#killStarting()
    if (run % STOPPED_ONE_IN === 0) await this.#startAndStop()
    const startedMs = performance.now()
    const venue = new KillableVenue('--data', this.#dir, '--market', market)
    try {
      const url = await venue.ready()
      const readyMs = Math.round(performance.now() - startedMs)
      while (this.#users.length < TRADERS) this.#users.push(await createTrader(url))
      await this.#verify(url)
      await this.#loadAndKill(venue, url, run)
      const audited = await audit(this.#dir)
      log({ run, market, readyMs, took: Math.round(performance.now() - startedMs), ...this.totals })
      expect(audited).toMatchObject({ code: 0, ok: true, violations: [] })
    } finally {
      await venue.kill()
    }
  }

  /** Everything since the beginning once more, then an end in order. */
  async finish(): Promise<void> {
    const venue = new KillableVenue('--data', this.#dir, '--market', 'still')
    try {
      const url = await venue.ready()
      await this.#verify(url)
      const options = { fromMs: 0, all: true }
      const verdict = await this.#record.check(url, this.#users, this.#intents, options)
      log({ all: verdict })
      expect(verdict.lost).toEqual([])
      expect(verdict).toMatchObject({ ...this.#answered() })
      expect(await venue.stop()).toEqual({ code: 0, signal: null })
    } finally {
      await venue.kill()
    }
    expect(await audit(this.#dir)).toMatchObject({ code: 0, ok: true, violations: [] })
  }

  #answered(): object {
    const { acknowledged, unknown, unknownKept } = this.totals
    return { acknowledged, unknown, unknownKept }
  }

  async #verify(url: string): Promise<void> {
    const options = { fromMs: this.#latestFromMs }
    const verdict = await this.#record.check(url, this.#users, this.#latest, options)
    if (verdict.lost.length > 0) log({ lost: verdict.lost })
    expect(verdict.lost).toEqual([])
    this.totals.acknowledged += verdict.acknowledged
    this.totals.unknown += verdict.unknown
    this.totals.unknownKept += verdict.unknownKept
    this.#latest = []
  }

  async #loadAndKill(venue: KillableVenue, url: string, run: number): Promise<void> {
    const load = new HttpLoad(run, await btcPrice(url))
    // Time is the venue's, and what the last run wrote is no later than its last moment.
    await delay(2)
    this.#latestFromMs = Date.now()
    const driven = load.drive(url, this.#users)
    await delay(20 + this.#random() * ALIVE_MS_MAX)
    expect((await venue.kill()).signal).toBe('SIGKILL')
    await driven
    this.#latest = load.intents
    this.#intents.push(...load.intents)
    this.totals.kills += 1
    const refused = load.intents.filter(({ answer }) => (answer?.status ?? 200) !== 200)
    if (refused.length > 0) log({ refused: refused.length, first: refused[0]?.answer?.body })
  }

  /** Killed at a random moment of its recovery; whatever it was doing is done again by the next. */
  async #killStarting(): Promise<void> {
    const venue = new KillableVenue('--data', this.#dir, '--market', 'still')
    await Promise.race([delay(this.#random() * STARTING_MS_MAX), venue.ready()])
    expect((await venue.kill()).signal).toBe('SIGKILL')
    this.totals.killsStarting += 1
  }

  async #startAndStop(): Promise<void> {
    const venue = new KillableVenue('--data', this.#dir, '--market', 'still')
    await venue.ready()
    expect(await venue.stop()).toEqual({ code: 0, signal: null })
  }
}

test(
  `J7 J9 a venue killed ${KILLS} times under load shows over its API every acknowledged order, transfer and loan once`,
  async () => {
    const dir = mkdtempSync(join(tmpdir(), 'fulcrum-venue-kill-'))
    const trial = new Trial(dir)
    for (let run = 1; run <= KILLS; run += 1) await trial.cycle(run)
    await trial.finish()
    expect(trial.totals.kills).toBe(KILLS)
    expect(trial.totals.acknowledged).toBeGreaterThan(KILLS)
    rmSync(dir, { recursive: true })
  },
  60_000 + KILLS * 15_000,
)
