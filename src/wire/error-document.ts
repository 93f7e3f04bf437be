import { REFUSALS } from './error.ts'
import { REQUEST_ERRORS } from './request-error.ts'

/** docs/reference/errors.md as it must read (rule W4). */
export function errorDocument(): string {
  return [
    '# Errors',
    '',
    'Every error is JSON, `{"code": -1121, "msg": "Invalid symbol."}`, with the numbers behind it in `data` where there are any.',
    "Codes and sentences are Binance's where it has them. Codes from -31001 down are this venue's own.",
    '',
    'This file is generated from `src/wire/error.ts` and `src/wire/request-error.ts`; a test compares them.',
    'Write it again with `vitest run src/wire/error-document.test.ts -u`.',
    '',
    '## Refusals by the engine',
    '',
    '| reason | HTTP | code | sentence | fields in `data` |',
    '|---|---|---|---|---|',
    ...Object.entries(REFUSALS).map(([reason, entry]) =>
      row(
        reason,
        entry,
        Object.keys(entry.data)
          .map((name) => `\`${name}\``)
          .join(' '),
      ),
    ),
    '',
    '## Refusals of a request',
    '',
    '| name | HTTP | code | sentence |',
    '|---|---|---|---|',
    ...Object.entries(REQUEST_ERRORS).map(([name, entry]) => row(name, entry)),
    '',
  ].join('\n')
}

function row(
  name: string,
  entry: { status: number; code: number; sentence: string },
  ...rest: string[]
): string {
  const cells = [name, String(entry.status), String(entry.code), entry.sentence, ...rest]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
