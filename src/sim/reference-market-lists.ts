import { listLine } from './reference-market-lines.ts'
import { endOrder } from './reference-market-orders.ts'
import type { ModelList, ModelOrder, ModelState } from './reference-market-state.ts'

/** What has been triggered, or what a filled working order lets go, waits for its turn (rule T10). */
export function enqueue(state: ModelState, orders: ModelOrder[]): void {
  for (const order of orders) order.queued = true
  state.queue.push(orders)
}

/** Sees to the lists whose orders traded or ended, once what did that is done (rules T12 to T14). */
export function settleLists(state: ModelState): void {
  for (let list = state.touched.shift(); list !== undefined; list = state.touched.shift()) {
    settleList(state, list)
  }
}

function settleList(state: ModelState, list: ModelList): void {
  if (!state.lists.includes(list)) return
  const pair = list.kind === 'OCO' ? list.orders : list.orders.slice(1)
  const working = list.kind === 'OCO' ? undefined : list.orders[0]
  if (working?.status === 'FILLED') {
    const waiting = pair.filter(
      ({ stage, ended, queued }) => stage === 'PENDING' && !ended && !queued,
    )
    if (waiting.length > 0) enqueue(state, waiting)
  } else if (working?.ended) {
    endOthers(state, list, working)
  }
  const ended = list.orders.find((order) => order.ended && order.status !== 'FILLED')
  // One of a pair that expired because the other went ahead takes nothing with it.
  if (ended !== undefined && ended !== list.spared) endOthers(state, list, ended)
  const ahead = pair.find(({ executed, prevented }) => executed > 0 || prevented > 0)
  if (ahead !== undefined) for (const order of pair) if (order !== ahead) giveWay(state, order)
  if (list.orders.every((order) => order.ended)) {
    state.lines.push(listLine(list.userId, list.name, list.id, 'ALL_DONE', 'ALL_DONE'))
    state.lists.splice(state.lists.indexOf(list), 1)
  }
}

function endOthers(state: ModelState, list: ModelList, ended: ModelOrder): void {
  const status = ended.status === 'CANCELED' ? 'CANCELED' : 'EXPIRED'
  for (const order of list.orders) endOrder(state, order, status, 'list')
}

/** The other one of an OCO goes ahead (rule T12). */
export function giveWay(state: ModelState, order: ModelOrder): void {
  if (order.ended) return
  if (order.list !== null) order.list.spared = order
  endOrder(state, order, 'EXPIRED', 'list')
}
