import { assert } from '../assert.ts'

/** An item's place in a heap. It is in one heap at most, and needs none to be named to leave it. */
export class HeapNode<Item> {
  readonly item: Item
  key = 0
  parent: HeapNode<Item> | null = null
  left: HeapNode<Item> | null = null
  right: HeapNode<Item> | null = null
  /** Steps to the nearest place below where a child is missing, the node itself counted. */
  rank = 1
  /** Of the root: its heap. Of any other node meaningless, so that melding need not visit them. */
  heap: MeldableHeap<Item> | null = null

  constructor(item: Item) {
    this.item = item
  }

  get isPlaced(): boolean {
    return this.parent !== null || this.heap !== null
  }
}

/**
 * Items by a number, lowest first: a leftist heap. Adding, removing any item and taking in another heap whole cost at
 * most some steps for each doubling of the items, looking at the first costs one. Items of equal number come in no
 * particular order.
 */
export class MeldableHeap<Item> {
  #root: HeapNode<Item> | null = null

  /** The node with the lowest key; null when the heap is empty. */
  get first(): HeapNode<Item> | null {
    return this.#root
  }

  /** Puts in a node that is in no heap. */
  add(node: HeapNode<Item>, key: number): void {
    assert(!node.isPlaced, 'a node is in one heap')
    node.key = key
    this.#plant(meld(this.#root, node))
  }

  /** Takes a node out of the heap that it is in. */
  static remove<Item>(node: HeapNode<Item>): void {
    assert(node.isPlaced, 'the node is in a heap')
    const { parent } = node
    const rest = meld(node.left, node.right)
    if (rest !== null) rest.parent = parent
    if (parent === null) {
      if (node.heap !== null) node.heap.#plant(rest)
    } else {
      if (parent.left === node) parent.left = rest
      else parent.right = rest
      rankUpward(parent)
    }
    node.parent = null
    node.left = null
    node.right = null
    node.rank = 1
    node.heap = null
  }

  /** Takes in all that `other` holds, which is empty afterwards. */
  absorb(other: MeldableHeap<Item>): void {
    const root = other.#root
    other.#root = null
    this.#plant(meld(this.#root, root))
  }

  /** Every item, in no particular order. */
  *items(): Generator<Item> {
    for (const node of this.#nodes()) yield node.item
  }

  /** Asserts order, ranks and links. Linear in the items. */
  assertSound(): void {
    assert(this.#root === null || this.#root.parent === null, 'a root has no parent')
    assert(this.#root === null || this.#root.heap === this, 'a root knows its heap')
    for (const node of this.#nodes()) {
      for (const child of [node.left, node.right]) {
        assert(child === null || child.parent === node, 'a child knows its parent')
        assert(child === null || child.key >= node.key, 'no child comes before its parent')
      }
      assert(rankOf(node.left) >= rankOf(node.right), 'the short way down is on the right')
      assert(node.rank === rankOf(node.right) + 1, 'a node knows its rank')
    }
  }

  #plant(root: HeapNode<Item> | null): void {
    this.#root = root
    if (root !== null) root.heap = this
  }

  *#nodes(): Generator<HeapNode<Item>> {
    const ahead = this.#root === null ? [] : [this.#root]
    for (let node = ahead.pop(); node !== undefined; node = ahead.pop()) {
      yield node
      if (node.left !== null) ahead.push(node.left)
      if (node.right !== null) ahead.push(node.right)
    }
  }
}

/** Goes down the right sides only, which are short: a handful of calls deep. */
function meld<Item>(a: HeapNode<Item> | null, b: HeapNode<Item> | null): HeapNode<Item> | null {
  if (a === null) return b
  if (b === null) return a
  if (b.key < a.key) return meld(b, a)
  const right = meld(a.right, b)
  a.right = right
  if (right !== null) right.parent = a
  rank(a)
  return a
}

/** Ranks `node` and those above it, as far as it makes a difference. */
function rankUpward<Item>(node: HeapNode<Item>): void {
  for (let at: HeapNode<Item> | null = node; at !== null; at = at.parent) {
    const before = at.rank
    rank(at)
    if (at.rank === before) return
  }
}

function rank<Item>(node: HeapNode<Item>): void {
  const { left, right } = node
  if (rankOf(left) < rankOf(right)) {
    node.left = right
    node.right = left
  }
  node.rank = rankOf(node.right) + 1
}

function rankOf<Item>(node: HeapNode<Item> | null): number {
  return node === null ? 0 : node.rank
}
