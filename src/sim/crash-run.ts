import { assert } from '../core/assert.ts'
import type { Command } from '../core/domain/command.ts'
import type { Outcome } from '../core/domain/event.ts'
import type { Answer, Ask, QuestionName } from '../core/domain/question.ts'
import { ask } from '../core/engine/ask.ts'
import { apply } from '../core/engine/engine.ts'
import { decodeState, encodeState } from '../core/engine/snapshot.ts'
import { createState } from '../core/engine/state.ts'
import { createdUser, fundingCommands } from '../sandbox/liquidity.ts'
import { Prng } from '../server/feed/prng.ts'
import { SimulatedDisk } from '../server/journal/simulated-disk.ts'
import type { Log } from '../server/sequencer/recovery.ts'
import { Sequencer } from '../server/sequencer/sequencer.ts'
import { auditJournal } from './journal-audit.ts'
import type { Playground } from './playground.ts'
import { drawVenue, SimulationWorkload } from './simulation-workload.ts'

export interface CrashRunResult {
  readonly seed: number
  readonly commands: number
  readonly crashes: number
  /** Of the crashes, how many began with an operation of the disk that failed. */
  readonly diskFaults: number
  readonly stateHash: string
  readonly failure: string | null
}

const DATA = 'data'
const START_MS = Date.UTC(2026, 0, 5)
const ENGINE = { createState, apply, ask, encodeState, decodeState }
const MAKER_USDT = 3_000_000
const BATCH_MAX = 12
const QUIET: Log = { info: () => {}, warn: () => {}, error: () => {} }

/**
 * One seeded run of the sequencer on a disk that fails and loses power. Whatever was acknowledged before a crash must
 * be there after it, with the same outcome; what recovery leads to must be what the journal alone leads to.
 */
export async function crashRun(seed: number, commands: number): Promise<CrashRunResult> {
  const run = new CrashRun(seed)
  let failure: string | null = null
  try {
    await run.play(commands)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    failure = `after ${run.acknowledged} acknowledged commands and ${run.crashes} crashes: ${message}`
  }
  const { crashes, diskFaults, stateHash } = run
  return { seed, commands: run.acknowledged, crashes, diskFaults, stateHash, failure }
}

/** The outcome as text: what a client was told must not change. */
type Told = string

class CrashRun implements Playground {
  readonly #prng: Prng
  #disk = new SimulatedDisk()
  #sequencer: Sequencer | null = null
  #failed = false
  /** By sequence, what was acknowledged. */
  readonly #told = new Map<number, Told>()
  #workload: SimulationWorkload | null = null
  nowMs = START_MS
  acknowledged = 0
  crashes = 0
  diskFaults = 0
  stateHash = ''

  constructor(seed: number) {
    this.#prng = new Prng(seed)
  }

  at(timeMs: number): void {
    this.nowMs = Math.max(this.nowMs, timeMs)
  }

  ask<Q extends QuestionName>(name: Q, question: Ask<Q>): Answer<Q> {
    return this.#open().ask(name, question)
  }

  async play(commands: number): Promise<void> {
    await this.#start()
    await this.#setUp()
    while (this.acknowledged < commands) {
      this.#armDisk()
      await this.#burst()
      if (this.#failed || this.#prng.chance(0.08)) await this.#crash()
    }
    this.#disk.fault = () => {}
    // A write that failed behind the last burst may only now be noticed: that is a crash like any other.
    await this.#open()
      .close()
      .catch(() => this.#crash().then(() => this.#open().close()))
    const audit = await auditJournal(this.#disk, DATA)
    assert(audit.ok, `the journal is sound at the end, but ${audit.violations[0]}`)
    this.stateHash = audit.stateHash
  }

  async #setUp(): Promise<void> {
    await this.#send({ type: 'OpenVenue', document: drawVenue(this.#prng) })
    const sequencer = this.#open()
    this.#workload = new SimulationWorkload(this, sequencer.venue, this.#prng, false)
    await this.#send(this.#workload.drift())
    const maker = createdUser(await this.#send({ type: 'CreateUser' }))
    const prices = sequencer.ask('indexPrices', {}).map(({ price }) => price)
    for (const command of fundingCommands(sequencer.venue, maker, prices, MAKER_USDT)) {
      await this.#send(command)
    }
    for (const command of this.#workload.opening()) await this.#send(command)
  }

  /** Several commands at once, so that batches hold more than one; some may be cut off by a crash under way. */
  async #burst(): Promise<void> {
    const workload = this.#workload
    assert(workload !== null, 'the workload is set up')
    const commands: Command[] = []
    for (let count = this.#prng.integer(1, BATCH_MAX); count > 0; count -= 1) {
      commands.push(workload.next())
    }
    const sent = commands.map((command) => this.#send(command).catch(() => null))
    if (this.#prng.chance(0.1)) {
      // The crash comes while these are under way; what happens on the old disk afterwards is nobody's any more.
      for (let turns = this.#prng.below(6); turns > 0; turns -= 1) await Promise.resolve()
      await this.#crash()
      return
    }
    await Promise.all(sent)
  }

  async #send(command: Command): Promise<Outcome> {
    const sequencer = this.#open()
    const outcome = await sequencer.submit(command)
    // An answer that arrives from a process that has crashed reaches no client.
    if (sequencer === this.#sequencer) {
      this.#told.set(outcome.sequence, toldOf(outcome))
      this.acknowledged += 1
    }
    return outcome
  }

  #armDisk(): void {
    if (!this.#prng.chance(0.1)) return
    let operations = this.#prng.integer(1, 20)
    const disk = this.#disk
    disk.fault = (operation) => {
      operations -= 1
      if (operations > 0) return
      if (disk === this.#disk) this.diskFaults += operations === 0 ? 1 : 0
      throw new Error(`the disk fails at ${operation}`)
    }
  }

  /** The process ends, by itself or with the machine; the next one finds what such a disk would have. */
  async #crash(): Promise<void> {
    this.crashes += 1
    const survives = (): boolean => this.#prng.chance(0.5)
    this.#disk = this.#prng.chance(0.5) ? this.#disk.processKill() : this.#disk.powerCut(survives)
    this.#sequencer = null
    await this.#start()
    await this.#checkRecovered()
  }

  async #start(): Promise<void> {
    this.#failed = false
    this.#sequencer = await Sequencer.open({
      engine: ENGINE,
      dir: DATA,
      storage: this.#disk,
      clock: { nowMs: () => this.nowMs },
      log: QUIET,
      checkpointEvery: 60,
      segmentBytes: 2 ** 15,
      onFatal: () => {
        this.#failed = true
      },
    })
  }

  async #checkRecovered(): Promise<void> {
    const sequencer = this.#open()
    const last = Math.max(0, ...this.#told.keys())
    assert(
      sequencer.sequence >= last,
      `nothing acknowledged is lost: ${last} was, ${sequencer.sequence} came back`,
    )
    const audit = await auditJournal(this.#disk, DATA, undefined, (outcome) => {
      const told = this.#told.get(outcome.sequence)
      assert(
        told === undefined || told === toldOf(outcome),
        `command ${outcome.sequence} has the outcome that was acknowledged`,
      )
    })
    assert(audit.ok, `the journal is sound after a crash, but ${audit.violations[0]}`)
    assert(
      audit.stateHash === sequencer.stateHash(),
      'recovery leads to the state that the journal leads to',
    )
  }

  #open(): Sequencer {
    assert(this.#sequencer !== null, 'a sequencer runs')
    return this.#sequencer
  }
}

function toldOf(outcome: Outcome): Told {
  return JSON.stringify(outcome, (_key, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
}
