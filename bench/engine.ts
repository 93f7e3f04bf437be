import { OrderBook as PeerBook, Side } from 'nodejs-order-book'
import type { BookOperation } from './engine-workload.ts'
import { EngineWorkload } from './engine-workload.ts'
import type { BenchRow } from './row.ts'
import { median } from './row.ts'

// The peer declares this an enum and does not export it.
type PeerTimeInForce = NonNullable<Parameters<PeerBook['limit']>[0]['timeInForce']>

const RUNS = 5
const SEED = 7
const PEER = 'nodejs-order-book, which only matches'

/**
 * Match, margin check and ledger, in memory, on one core. The peer gets the same orders for its book: it checks no
 * margin and keeps no ledger, and is here to say what a plain JavaScript book does on this machine in this minute.
 */
export async function engine({ quick = false }: { readonly quick?: boolean }): Promise<BenchRow[]> {
  const commands = quick ? 20_000 : 200_000
  const ours = measureEngine(commands)
  // Afterwards and not in turn: the peer's heap would be ours to collect.
  const theirs = measurePeer(commands / 10)
  const [value, peerValue] = [median(ours), median(theirs)]
  return [
    {
      bench: 'engine',
      case: 'match + margin + ledger, 1,000 margin accounts, 82 % cancel-replace',
      metric: 'throughput',
      unit: 'commands/s',
      value,
      peer: PEER,
      peerValue,
      ratio: value / peerValue,
      runs: RUNS,
      min: Math.min(...ours),
      max: Math.max(...ours),
    },
  ]
}

/** Each run on a venue of its own: the mix places more than it cancels, so that one venue's book would only grow. */
function measureEngine(commands: number): number[] {
  return Array.from({ length: RUNS }, (_, run) => {
    const workload = new EngineWorkload(SEED + run)
    workload.run(commands / 2)
    return perSecond(commands, () => workload.run(commands))
  })
}

function measurePeer(commands: number): number[] {
  const workload = new EngineWorkload(SEED)
  const book = new PeerBook()
  const next = (): BookOperation[] => {
    const recorded: BookOperation[] = []
    workload.run(commands, recorded)
    return recorded
  }
  playOnPeer(book, next())
  return Array.from({ length: RUNS }, () => {
    const recorded = next()
    return perSecond(recorded.length, () => playOnPeer(book, recorded))
  })
}

function playOnPeer(book: PeerBook, operations: readonly BookOperation[]): void {
  for (const { cancels, places } of operations) {
    if (cancels !== null) book.cancel(String(cancels))
    if (places === null) continue
    const { id, side, price, lots, immediate } = places
    book.limit({
      id: String(id),
      side: side === 'BUY' ? Side.BUY : Side.SELL,
      price,
      size: lots,
      timeInForce: (immediate ? 'IOC' : 'GTC') as PeerTimeInForce,
    })
  }
}

function perSecond(count: number, act: () => void): number {
  const started = performance.now()
  act()
  return Math.round((count / (performance.now() - started)) * 1_000)
}
