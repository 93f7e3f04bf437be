import type { Parameters } from '../../wire/parameters.ts'

type Decides = (parameters: Parameters) => boolean

const always: Decides = () => true
const ofType =
  (...types: readonly string[]): Decides =>
  (parameters) =>
    types.includes(parameters.raw('type') ?? '')

/** Cancellations, repayments and transfers into a margin account, by route. */
const ROUTES: Readonly<Record<string, Decides>> = {
  'DELETE /api/v3/order': always,
  'DELETE /api/v3/openOrders': always,
  'DELETE /api/v3/orderList': always,
  'DELETE /sapi/v1/margin/order': always,
  'DELETE /sapi/v1/margin/openOrders': always,
  'DELETE /sapi/v1/margin/orderList': always,
  'POST /sapi/v1/margin/repay': always,
  'POST /sapi/v1/margin/borrow-repay': ofType('REPAY'),
  'POST /sapi/v1/margin/transfer': ofType('1'),
  'POST /sapi/v1/margin/isolated/transfer': (parameters) =>
    parameters.raw('transTo') === 'ISOLATED_MARGIN',
  'POST /sapi/v1/asset/transfer': ofType(
    'MAIN_MARGIN',
    'FUNDING_MARGIN',
    'MAIN_ISOLATED_MARGIN',
    'MAIN_ISOLATEDMARGIN',
    'FUNDING_ISOLATED_MARGIN',
    'FUNDING_ISOLATEDMARGIN',
  ),
}

/** Whether a request has an allowance of its own beside that of everything else (rule W8). */
export function lowersRisk(
  endpoint: { readonly method: string; readonly path: string },
  parameters: Parameters,
): boolean {
  return ROUTES[`${endpoint.method} ${endpoint.path}`]?.(parameters) ?? false
}
