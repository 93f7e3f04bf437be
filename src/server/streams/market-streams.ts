import type { Venue } from '../../core/domain/venue.ts'
import type { MarketView } from '../market/market-view.ts'
import type { MarketChange } from '../market/symbol-market.ts'
import { parseStreamName } from './stream-name.ts'
import type { Frame, Topic } from './topic.ts'
import { topicOf } from './topics.ts'

const TICK_MS = 100

/** Someone who listens to market streams. */
export interface MarketListener {
  /** Frames come wrapped with their stream's name. */
  readonly combined: boolean
  send(frame: Buffer): void
}

interface Entry {
  readonly name: string
  readonly topic: Topic
  readonly listeners: Set<MarketListener>
}

/**
 * All market streams that someone listens to.
 *
 * A frame is built once for all its listeners. What happens within one turn of the event loop goes out together after it.
 */
export class MarketStreams {
  readonly #view: MarketView
  readonly #venue: () => Venue
  readonly #nowMs: () => number
  readonly #entries = new Map<string, Entry>()
  /** By symbol index; the streams of all symbols are under −1. */
  readonly #bySymbol = new Map<number, Set<Entry>>()
  readonly #urgent = new Set<Entry>()
  readonly #timer: NodeJS.Timeout
  readonly #stopListening: () => void
  #ticks = 0

  constructor(view: MarketView, venue: () => Venue, nowMs: () => number) {
    this.#view = view
    this.#venue = venue
    this.#nowMs = nowMs
    this.#stopListening = view.on((change) => this.#take(change))
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
    this.#timer.unref()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#stopListening()
    this.#entries.clear()
    this.#bySymbol.clear()
    this.#urgent.clear()
  }

  /** False: no stream is called that. The name of a pair that is not traded is accepted and stays silent. */
  subscribe(name: string, listener: MarketListener): boolean {
    const known = this.#entries.get(name)
    if (known !== undefined) {
      known.listeners.add(listener)
      known.topic.refresh()
      return true
    }
    const venue = this.#venue()
    const subject = parseStreamName(name, venue)
    if (subject === null) return false
    const topic = topicOf(subject, this.#view, venue)
    if (topic === null) return true
    const entry = { name, topic, listeners: new Set([listener]) }
    topic.refresh()
    this.#entries.set(name, entry)
    this.#index('symbol' in subject ? (subject.symbol?.index ?? -1) : -1).add(entry)
    return true
  }

  unsubscribe(name: string, listener: MarketListener): void {
    const entry = this.#entries.get(name)
    if (entry === undefined) return
    entry.listeners.delete(listener)
    if (entry.listeners.size > 0) return
    this.#entries.delete(name)
    this.#urgent.delete(entry)
    for (const entries of this.#bySymbol.values()) entries.delete(entry)
  }

  #index(key: number): Set<Entry> {
    const entries = this.#bySymbol.get(key) ?? new Set()
    this.#bySymbol.set(key, entries)
    return entries
  }

  #take(change: MarketChange): void {
    for (const key of [change.symbol, -1])
      for (const entry of this.#bySymbol.get(key) ?? [])
        if (entry.topic.take(change)) this.#hurry(entry)
  }

  #hurry(entry: Entry): void {
    if (this.#urgent.size === 0) setImmediate(() => this.#flushUrgent())
    this.#urgent.add(entry)
  }

  #flushUrgent(): void {
    const nowMs = this.#nowMs()
    for (const entry of this.#urgent) deliver(entry, entry.topic.drain(nowMs, false))
    this.#urgent.clear()
  }

  #tick(): void {
    this.#ticks += 1
    const nowMs = this.#nowMs()
    const sinceMs = this.#ticks * TICK_MS
    for (const entry of this.#entries.values())
      if (entry.topic.paceMs !== null && sinceMs % entry.topic.paceMs === 0)
        deliver(entry, entry.topic.drain(nowMs, true))
  }
}

function deliver(entry: Entry, frames: readonly Frame[]): void {
  for (const frame of frames) {
    const text = JSON.stringify(frame)
    let bare: Buffer | null = null
    let wrapped: Buffer | null = null
    for (const listener of entry.listeners) {
      if (listener.combined) {
        wrapped ??= Buffer.from(`{"stream":${JSON.stringify(entry.name)},"data":${text}}`)
        listener.send(wrapped)
      } else {
        bare ??= Buffer.from(text)
        listener.send(bare)
      }
    }
  }
}
