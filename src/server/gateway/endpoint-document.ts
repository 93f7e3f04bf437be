import type { Right } from '../access/api-key.ts'
import type { Endpoint } from './endpoint.ts'

const ACCESS = {
  open: 'anyone',
  key: 'API key',
  signed: 'API key and signature',
} as const

/** docs/reference/endpoints.md as it must read. */
export function endpointDocument(
  served: readonly Endpoint[],
  unserved: readonly Endpoint[],
): string {
  return [
    '# Endpoints',
    '',
    'Parameters and answers are those of the Binance endpoint of the same name; `/fulcrum/v1` is this venue’s own.',
    'Anything else answers 404 with code -1020. Errors are listed in [errors.md](errors.md).',
    '',
    'Weights count against the address by the minute; those marked “user” against the user.',
    '“varies” depends on the parameters, as Binance’s does.',
    '',
    'This file is generated from the endpoints that are served; a test compares them.',
    'Write it again with `vitest run src/server/gateway/endpoint-document.test.ts -u`.',
    '',
    '| method | path | needs | permission | weight |',
    '|---|---|---|---|---|',
    ...served.map(row),
    '',
    '## Not offered',
    '',
    'Binance has these; here they answer 400 with code -1020 and say what it is that this venue does not offer.',
    '',
    ...unserved.map(({ method, path }) => `- ${method} \`${path}\``),
    '',
  ].join('\n')
}

function row(endpoint: Endpoint): string {
  const { role } = endpoint
  const right = endpoint.access === 'open' ? '' : rightText(endpoint.permission)
  const permission = role === undefined ? right : `${right}, role ${role}`
  const cells = [endpoint.method, `\`${endpoint.path}\``, ACCESS[endpoint.access], permission]
  return `| ${[...cells, weightText(endpoint)].join(' | ')} |`
}

function rightText(right: Right): string {
  return typeof right === 'string' ? right : right.text
}

function weightText({ weight }: Endpoint): string {
  const figure = typeof weight.of === 'number' ? String(weight.of) : 'varies'
  return weight.per === 'user' ? `${figure} (user)` : figure
}
