import { test } from 'vitest'
import { Prng } from '../server/feed/prng.ts'
import { Auditor } from './auditor.ts'
import { OrderWorkload, orderVenue } from './order-workload.ts'
import { Session } from './session.ts'
import { assertSound } from '../core/engine/invariants.ts'
test('many', { timeout: 600_000 }, () => {
  const out: string[] = []
  for (let seed = Number(process.env['FROM'] ?? 1); seed <= Number(process.env['TO'] ?? 100); seed++) {
    const prng = new Prng(seed)
    const session = new Session(Date.UTC(2026, 0, 5))
    const auditor = new Auditor()
    session.observe((s, o) => auditor.observe(s, o))
    try {
      session.submit({ type: 'OpenVenue', document: orderVenue(prng) })
      const w = new OrderWorkload(session, session.state.venue!, prng)
      for (const c of w.opening()) session.submit(c)
      while (session.commands < Number(process.env['N'] ?? 500) && auditor.violations.length === 0) { const c = w.next() as any; const f1 = (o: any) => o.wallet === 'CROSS_MARGIN' && o.side === 'BUY' && (o.orderType === 'STOP_LOSS' || o.orderType === 'TAKE_PROFIT'); const m = process.env['MASK'] && ((c.type === 'PlaceOrder' && f1(c)) || (c.type === 'CancelReplace' && f1(c.place)) || (c.type === 'PlaceOrderList' && c.orders.some(f1)) || (c.type === 'AmendOrder')); if (m) continue; session.submit(c); if (session.commands % 10 === 0) assertSound(session.state) }
      if (auditor.violations.length) out.push(`${seed}: ${auditor.violations.join(' | ')}`)
      else { const f = auditor.finish(session.state, '').violations; if (f.length) out.push(`${seed}: FINISH ${f.join(' | ')}`) }
    } catch (e) { out.push(`${seed} at ${session.commands}: threw ${(e as Error).message}`) }
  }
  console.log(out.join('\n'), out.length)
})
