import { fillSentence, WireError } from './wire-error.ts'

interface RequestErrorEntry {
  readonly status: number
  readonly code: number
  /** Binance's sentence where it has one; `{name}` stands for a field. */
  readonly sentence: string
}

/** Everything a request can be refused for before it reaches the engine. Documented in docs/reference/errors.md. */
export const REQUEST_ERRORS = {
  internal: e(500, -1000, 'An unknown error occurred while processing the request.'),
  status_unknown: e(
    500,
    -1006,
    'An unexpected response was received from the message bus. Execution status unknown.',
  ),
  unavailable: e(503, -1008, 'Server is currently not ready to take requests; try again later.'),
  too_many_requests: e(
    429,
    -1003,
    'Too much request weight used; current limit is {limit} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.',
  ),
  too_many_raw_requests: e(
    429,
    -1003,
    'Too many requests; current limit is {limit} requests per 5 MINUTE.',
  ),
  banned: e(
    418,
    -1003,
    'Way too much request weight used; IP banned until {until}. Please use WebSocket Streams for live updates to avoid bans.',
  ),
  too_many_orders: e(
    429,
    -1015,
    'Too many new orders; current limit is {limit} orders per {interval}.',
  ),
  unsupported: e(404, -1020, 'This operation is not supported: {method} {path}.'),
  not_offered: e(400, -1020, 'This operation is not supported: this venue does not offer {what}.'),
  method_not_allowed: e(405, -1020, 'This operation is not supported: {method} {path}.'),
  media_type: e(415, -1020, 'Request bodies are application/x-www-form-urlencoded, not {type}.'),
  body_too_large: e(413, -1101, 'The request body is larger than {limit} bytes.'),
  headers_too_large: e(431, -1101, 'The request line and headers are larger than {limit} bytes.'),
  malformed_http: e(400, -1100, 'The request is not well-formed HTTP.'),
  order_composition: e(400, -1014, 'Unsupported order combination.'),
  timestamp_late: e(400, -1021, 'Timestamp for this request is outside of the recvWindow.'),
  timestamp_early: e(
    400,
    -1021,
    "Timestamp for this request was 1000ms ahead of the server's time.",
  ),
  signature: e(400, -1022, 'Signature for this request is not valid.'),
  signature_used: e(400, -1022, 'Signature for this request was already used.'),
  illegal_characters: e(400, -1100, 'Illegal characters found in a parameter.'),
  illegal_characters_in: e(
    400,
    -1100,
    "Illegal characters found in parameter '{name}'; legal range is '{legal}'.",
  ),
  too_many_parameters: e(
    400,
    -1101,
    'Too many parameters; expected at most {expected} and received {received}.',
  ),
  duplicate_parameter: e(400, -1101, "Duplicate values for parameter '{name}'."),
  missing: e(
    400,
    -1102,
    "Mandatory parameter '{name}' was not sent, was empty/null, or malformed.",
  ),
  missing_either: e(
    400,
    -1102,
    "Param '{first}' or '{second}' must be sent, but both were empty/null!",
  ),
  empty: e(400, -1105, "Parameter '{name}' was empty."),
  not_required: e(400, -1106, "Parameter '{name}' sent when not required."),
  overflow: e(400, -1108, "Parameter '{name}' overflowed."),
  precision: e(
    400,
    -1111,
    "Parameter '{name}' has too much precision; at most {decimals} decimals.",
  ),
  time_in_force: e(400, -1115, 'Invalid timeInForce.'),
  order_type: e(400, -1116, 'Invalid orderType.'),
  side: e(400, -1117, 'Invalid side.'),
  interval: e(400, -1120, 'Invalid interval.'),
  symbol: e(400, -1121, 'Invalid symbol.'),
  listen_key: e(400, -1125, 'This listenKey does not exist.'),
  interval_too_big: e(
    400,
    -1127,
    'Lookup interval is too big; at most {hours} hours between startTime and endTime.',
  ),
  combination: e(400, -1128, 'Combination of optional parameters invalid.'),
  invalid_parameter: e(400, -1130, "Data sent for parameter '{name}' is not valid."),
  receive_window: e(400, -1131, 'recvWindow must be less than 60000.'),
  strategy_type: e(400, -1134, '{name} was less than 1000000.'),
  json: e(400, -1135, 'Invalid JSON: {why}.'),
  json_field: e(400, -1130, "Field '{name}' is not valid: {why}."),
  response_type: e(400, -1136, 'Invalid newOrderRespType.'),
  cancel_restrictions: e(400, -1145, 'Invalid cancelRestrictions'),
  symbol_repeated: e(400, -1151, 'Symbol is present multiple times in the list.'),
  oco_type: e(400, -1158, 'Order type not supported in OCO.'),
  iceberg_leg: e(400, -1160, "Parameter '{name}' is not supported if '{timeInForce}' is not GTC."),
  buy_oco_limit: e(400, -1165, 'A limit order in a buy OCO must be below.'),
  sell_oco_limit: e(400, -1166, 'A limit order in a sell OCO must be above.'),
  oco_both_limit: e(400, -1168, 'At least one OCO order must be contingent.'),
  buy_oco_stop_loss: e(400, -1196, 'A stop loss order in a buy OCO must be above.'),
  sell_oco_stop_loss: e(400, -1197, 'A stop loss order in a sell OCO must be below.'),
  buy_oco_take_profit: e(400, -1198, 'A take profit order in a buy OCO must be below.'),
  sell_oco_take_profit: e(400, -1199, 'A take profit order in a sell OCO must be above.'),
  key_format: e(401, -2014, 'API-key format invalid.'),
  key_rejected: e(401, -2015, 'Invalid API-key, IP, or permissions for action.'),
  session: e(401, -2015, 'The session has ended; log in again.'),
  session_only: e(
    401,
    -1002,
    'You are not authorized to execute this request: log in, and do it from a page of this venue.',
  ),
  too_many_keys: e(400, -1130, 'A user has at most {limit} API keys; revoke one first.'),
  public_key: e(400, -1130, "Data sent for parameter 'publicKey' is not valid: it is {why}."),
  key_unknown: e(400, -2008, 'Invalid Api-Key ID.'),
  order_does_not_exist: e(400, -2013, 'Order does not exist.'),
  order_unknown: e(400, -2011, 'Unknown order sent.'),
  order_list_does_not_exist: e(400, -2018, 'Order list does not exist.'),
  client_order_id: e(400, -2039, 'Client order ID is not correct for this order ID.'),
  reference_price: e(400, -2043, "This symbol doesn't have a reference price."),
  pegged_orders: e(400, -2010, 'Pegged orders are not supported for this symbol.'),
  trailing_delta: e(400, -1013, 'Filter failure: TRAILING_DELTA'),
  price_filter: e(400, -1013, 'Filter failure: PRICE_FILTER'),
  lot_size: e(400, -1013, 'Filter failure: LOT_SIZE'),
  notional: e(400, -1013, 'Filter failure: NOTIONAL'),
  margin_asset: e(400, -3027, 'Not a valid margin asset.'),
  margin_pair: e(400, -3028, 'Not a valid margin pair.'),
  listen_key_not_found: e(400, -3038, 'Listen key not found.'),
  price_index: e(400, -3042, 'PriceIndex not available for this margin pair.'),
  history_window: e(400, -4047, 'Time interval must be within 0-{days} days'),
  role: e(403, -31050, 'This needs the role {role}.'),
  nothing_of_that_number: e(404, -1020, 'There is no {what} {id}.'),
  liquidation_unknown: e(404, -2013, 'Liquidation {liquidationId} does not exist.'),
  no_trades: e(400, -1112, 'No orders on book for symbol.'),
} satisfies Record<string, RequestErrorEntry>

export type RequestErrorName = keyof typeof REQUEST_ERRORS

function e(status: number, code: number, sentence: string): RequestErrorEntry {
  return { status, code, sentence }
}

/** The error of that name. `fields` fill its sentence. */
export function requestError(
  name: RequestErrorName,
  fields: Readonly<Record<string, string | number>> = {},
  retryAfterSeconds?: number,
): WireError {
  const entry = REQUEST_ERRORS[name]
  return new WireError(
    entry.status,
    entry.code,
    fillSentence(entry.sentence, fields),
    undefined,
    retryAfterSeconds,
  )
}
