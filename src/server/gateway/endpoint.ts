import type { UserId } from '../../core/domain/ids.ts'
import type { Parameters } from '../../wire/parameters.ts'
import { requestError } from '../../wire/request-error.ts'
import type { ApiKey, Right } from '../access/api-key.ts'
import type { Operator, Role } from '../access/operator.ts'
import type { GatewayDeps } from './gateway-deps.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** Counted by address, or by user on `/sapi`; a function where the parameters decide. */
export interface Weight {
  readonly per: 'ip' | 'user'
  readonly of: number | ((parameters: Parameters) => number)
}

/** One call of one endpoint, believed as far as its access says. */
export interface Call {
  readonly deps: GatewayDeps
  readonly parameters: Parameters
  /** Raw body, for endpoints that take JSON. */
  readonly body: string
  /** What stands for `:id` in the path. */
  readonly id: string
  /** Headers of the answer, besides those every answer has. */
  readonly headers: Map<string, string>
}

export interface UserCall extends Call {
  readonly userId: UserId
  /** Null in a browser session. */
  readonly key: ApiKey | null
  /** Whether the request's time window has closed meanwhile (rule W2); never of one that has none. */
  readonly isLate: () => boolean
}

/** A call by an operator whose role allows it. */
export interface OperatorCall extends UserCall {
  readonly operator: Operator
}

interface EndpointBase {
  /** Operators' endpoints alone: who may call it; `viewer`: every operator. */
  readonly role?: Role
  readonly method: Method
  readonly path: string
  readonly weight: Weight
}

export type Endpoint =
  /** Anyone; a key or a signature that comes along is not looked at. */
  | (EndpointBase & { readonly access: 'open'; readonly handle: (call: Call) => unknown })
  /** A key suffices, as for streams: the answer is of use only with the key. */
  | (EndpointBase & {
      readonly access: 'key'
      readonly permission: Right
      readonly handle: (call: UserCall) => unknown
    })
  | (EndpointBase & {
      readonly access: 'signed'
      readonly permission: Right
      /** The same signed bytes are taken once. */
      readonly once: boolean
      readonly handle: (call: UserCall) => unknown
    })

type WeightText = number | ((parameters: Parameters) => number) | Weight

function weightOf(weight: WeightText): Weight {
  return typeof weight === 'object' ? weight : { per: 'ip', of: weight }
}

/** `[method, path]` from `'GET /api/v3/ping'`. */
function routeOf(route: `${Method} /${string}`): { method: Method; path: string } {
  const [method, path] = route.split(' ') as [Method, string]
  return { method, path }
}

export function perUser(weight: number): Weight {
  return { per: 'user', of: weight }
}

export function open(
  route: `${Method} /${string}`,
  weight: WeightText,
  handle: (call: Call) => unknown,
): Endpoint {
  return { ...routeOf(route), access: 'open', weight: weightOf(weight), handle }
}

export function keyed(
  route: `${Method} /${string}`,
  weight: WeightText,
  handle: (call: UserCall) => unknown,
): Endpoint {
  return { ...routeOf(route), access: 'key', permission: 'READ', weight: weightOf(weight), handle }
}

export function signed(
  route: `${Method} /${string}`,
  permission: Right,
  weight: WeightText,
  handle: (call: UserCall) => unknown,
): Endpoint {
  const rest = { permission, once: false, weight: weightOf(weight), handle }
  return { ...routeOf(route), access: 'signed', ...rest }
}

/** As `signed`, for what moves money by an amount: a repetition of the same bytes is refused. */
export function signedOnce(
  route: `${Method} /${string}`,
  permission: Right,
  weight: WeightText,
  handle: (call: UserCall) => unknown,
): Endpoint {
  const rest = { permission, once: true, weight: weightOf(weight), handle }
  return { ...routeOf(route), access: 'signed', ...rest }
}

/**
 * For operators with the role. What changes anything is taken once. The answer to a user's key is the same as to an
 * unknown one: that there is a door is nobody's business.
 */
export function operated(
  route: `${Method} /fulcrum/v1/ops${string}`,
  role: Role,
  weight: WeightText,
  handle: (call: OperatorCall) => unknown,
): Endpoint {
  const once = !route.startsWith('GET ')
  const rest = { permission: 'OPERATE', role, once, weight: weightOf(weight) } as const
  const handleFor = (call: UserCall) => handle({ ...call, operator: operatorOf(call, role) })
  return { ...routeOf(route), access: 'signed', ...rest, handle: handleFor }
}

/** Rule O4. -2015 for who is no operator (any more), -31050 for the wrong role. */
function operatorOf({ deps, userId }: UserCall, role: Role): Operator {
  const operator = deps.operators.operator(userId)
  if (operator === null || operator.roles.length === 0) throw requestError('key_rejected')
  if (role !== 'viewer' && !operator.roles.includes(role)) throw requestError('role', { role })
  return operator
}
