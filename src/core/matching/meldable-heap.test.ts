import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HeapNode, MeldableHeap } from './meldable-heap.ts'

type Step =
  | { readonly kind: 'ADD'; readonly heap: number; readonly key: number }
  | { readonly kind: 'REMOVE'; readonly which: number }
  | { readonly kind: 'ABSORB'; readonly heap: number; readonly other: number }

const HEAPS = 3
const heap = fc.nat(HEAPS - 1)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('ADD'), heap, key: fc.integer({ min: -9, max: 9 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('REMOVE'), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('ABSORB'), heap, other: heap }) },
)

/** What a heap must hold, as a list. */
interface Model {
  readonly heap: MeldableHeap<number>
  nodes: HeapNode<number>[]
}

function play(models: readonly Model[], step: Step, item: number): void {
  if (step.kind === 'ADD') {
    const { heap, nodes } = models[step.heap] as Model
    const node = new HeapNode(item)
    heap.add(node, step.key)
    nodes.push(node)
  } else if (step.kind === 'REMOVE') {
    const all = models.flatMap(({ nodes }) => nodes)
    const node = all[step.which % all.length]
    if (node === undefined) return
    MeldableHeap.remove(node)
    for (const model of models) model.nodes = model.nodes.filter((one) => one !== node)
  } else if (step.heap !== step.other) {
    const [into, from] = [models[step.heap] as Model, models[step.other] as Model]
    into.heap.absorb(from.heap)
    into.nodes.push(...from.nodes.splice(0))
  }
}

test('holds what was put in and not taken out, lowest first, through any melding', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
      const models: Model[] = Array.from({ length: HEAPS }, () => ({
        heap: new MeldableHeap(),
        nodes: [],
      }))
      for (const [item, one] of steps.entries()) {
        play(models, one, item)
        for (const { heap, nodes } of models) {
          heap.assertSound()
          const keys = nodes.map(({ key }) => key)
          expect(heap.first?.key).toBe(keys.length === 0 ? undefined : Math.min(...keys))
        }
      }
      for (const { heap, nodes } of models) {
        expect([...heap.items()].sort()).toEqual(nodes.map(({ item }) => item).sort())
      }
    }),
  )
})

test('a node put in twice, or taken out when it is in no heap, is a bug', () => {
  const heap = new MeldableHeap<number>()
  const node = new HeapNode(1)
  expect(() => MeldableHeap.remove(node)).toThrow('the node is in a heap')
  heap.add(node, 5)
  expect(() => heap.add(node, 6)).toThrow('a node is in one heap')
  MeldableHeap.remove(node)
  heap.add(node, 6)
  expect(heap.first).toBe(node)
})

test('rising and falling keys by the thousand make no deep calls', () => {
  const heap = new MeldableHeap<number>()
  for (let key = 0; key < 50_000; key += 1) heap.add(new HeapNode(key), key)
  for (let key = 0; key < 50_000; key += 1) heap.add(new HeapNode(-key), -key)
  heap.assertSound()
  let last = Number.NEGATIVE_INFINITY
  for (let first = heap.first; first !== null; first = heap.first) {
    if (first.key < last) expect(first.key).toBeGreaterThanOrEqual(last)
    last = first.key
    MeldableHeap.remove(first)
  }
})
