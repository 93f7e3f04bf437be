import type { Chart } from './chart.ts'
import { drawChart, escapeHtml } from './chart.ts'
import type { ReplayResult } from './replay.ts'
import { BANDS } from './replay-series.ts'

const LINE_COLORS = [
  '#4080f0',
  '#d9822b',
  '#2a9d6f',
  '#c2417c',
  '#7a5ad1',
  '#8a8d2a',
  '#1d9bb0',
  '#b5533c',
]
const BAND_COLORS = ['#2a9d6f', '#8cc152', '#f2c94c', '#f2994a', '#d64545', '#9aa5b1']
const LINES_MAX = 8

/** The replay as one HTML file that needs nothing else: figures, charts, and how to repeat it. */
export function replayReport(result: ReplayResult, source: string): string {
  const title = `Replay of ${source}`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>
<h1>${escapeHtml(title)}</h1>
<p class="lead">${escapeHtml(summaryOf(result))}</p>
<table>${rowsOf(result)
    .map(
      ([name, value]) =>
        `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
    )
    .join('')}</table>
${chartsOf(result).filter(showsSomething).map(drawChart).join('\n')}
${violationsOf(result)}
<h2>Repeat it</h2>
<pre>${escapeHtml(commandOf(result, source))}</pre>
<h2>How to read this</h2>
<p>Times are UTC. Each bar is played as four index prices: open, then low and high (high first in a falling bar), then close. One
market maker quotes every book around the recorded price; its spread widens and its depth shrinks when a price moves
more than it usually does. The traders are drawn from the seed and act through the venue’s ordinary commands. A
candle does not say in which order its extremes came, so a single bar may differ from what happened.</p>
</main></body></html>
`
}

function summaryOf(result: ReplayResult): string {
  const { liquidatedAccounts, accounts, symbols, bars } = result
  return `${plain(accounts)} margin accounts on ${symbols.length} pairs over ${plain(bars)} bars, from ${shortTime(result.from)} to ${shortTime(result.to)} UTC: ${plain(liquidatedAccounts)} were liquidated (${((100 * liquidatedAccounts) / Math.max(1, accounts)).toFixed(1)}\u00a0%).`
}

function commandOf({ accounts, seed, policy, from, to }: ReplayResult, source: string): string {
  const population = `--accounts ${accounts} --seed ${seed} --policy ${policy}`
  return `fulcrum replay ${source} ${population} --from ${from} --to ${to}`
}

function rowsOf(result: ReplayResult): (readonly [string, string])[] {
  return [
    ['Policy', result.policy],
    ['Seed', String(result.seed)],
    ['Commands', plain(result.commands)],
    ['Trades', plain(result.trades)],
    ['Margin calls', plain(result.marginCalls)],
    ['Liquidations', plain(result.liquidations)],
    ['… taken over by the insurance fund', plain(result.takenOver)],
    ['Value liquidated', usdt(result.valueLiquidated)],
    ['Clearance fees', usdt(result.clearanceFees)],
    ['Insurance fund before', usdt(result.insuranceFundBefore)],
    ['Insurance fund after', usdt(result.insuranceFund)],
    ['Deficits of liquidated accounts', usdt(result.badDebt)],
    ['… paid by the insurance fund', usdt(result.badDebtPaidByFund)],
    ['… borne by lenders', usdt(result.badDebtSharedByLenders)],
    ['State hash', result.stateHash],
    ['Audit', auditText(result)],
  ]
}

function auditText({ audit }: ReplayResult): string {
  const verdict = audit.ok ? 'ok' : `${audit.violations.length} violations`
  return `${verdict}: ${plain(audit.commands)} commands, ${plain(audit.events)} events checked by separate code`
}

function violationsOf({ audit }: ReplayResult): string {
  if (audit.ok) return ''
  const items = audit.violations.map((violation) => `<li>${escapeHtml(violation)}</li>`)
  return `<h2>Violations</h2><ul>${items.join('')}</ul>`
}

function chartsOf(result: ReplayResult): Chart[] {
  const { series } = result
  const times = series.map(({ timeMs }) => timeMs)
  const one = (name: string, color: string, values: number[]) => [{ name, color, values }]
  const base = { times, fromZero: true }
  const per = perPoint(times)
  return [
    priceChart(result, times),
    {
      ...base,
      title: 'Accounts by margin level',
      unit: 'accounts',
      kind: 'stack',
      series: [...BANDS.map(({ name }) => name), 'no debt'].map((name, band) => ({
        name,
        color: BAND_COLORS[band] ?? '#888',
        values: series.map(({ bands }) => bands[band] ?? 0),
      })),
    },
    {
      ...base,
      title: 'Liquidations started',
      unit: per,
      kind: 'bars',
      series: one(
        'liquidations',
        '#d64545',
        series.map(({ liquidations }) => liquidations),
      ),
    },
    {
      ...base,
      title: 'Margin calls',
      unit: per,
      kind: 'bars',
      series: one(
        'margin calls',
        '#f2994a',
        series.map(({ marginCalls }) => marginCalls),
      ),
    },
    {
      ...base,
      title: 'Insurance fund at index prices',
      unit: 'million USDT',
      kind: 'lines',
      series: one(
        'insurance fund',
        '#4080f0',
        series.map(({ insuranceFund }) => insuranceFund / 1e6),
      ),
    },
    {
      ...base,
      title: 'Deficits so far',
      unit: 'million USDT',
      kind: 'lines',
      series: one(
        'deficits',
        '#d64545',
        series.map(({ badDebt }) => badDebt / 1e6),
      ),
    },
  ]
}

/** A chart of nothing but zeros says no more than its figure in the table. */
function showsSomething({ series }: Chart): boolean {
  return series.some(({ values }) => values.some((value) => value !== null && value !== 0))
}

function perPoint([first = 0, second = first]: readonly number[]): string {
  const minutes = Math.round((second - first) / 60_000)
  return minutes === 1 ? 'per minute' : `per ${plain(minutes)} minutes`
}

/** The assets that fell deepest from where they were first, as a share of that. */
function priceChart({ series, assets }: ReplayResult, times: readonly number[]): Chart {
  const lines = assets
    .map((code, place) => {
      const prices = series.map((sample) => sample.prices[place] ?? null)
      const first = prices.find((price) => price !== null) ?? 1
      const values = prices.map((price) => (price === null ? null : (100 * price) / first))
      const lowest = values.reduce<number>((low, value) => Math.min(low, value ?? low), 100)
      return { code, values, lowest }
    })
    .filter(({ code }) => code !== 'USDT')
    .sort((a, b) => a.lowest - b.lowest)
    .slice(0, LINES_MAX)
  return {
    title: `Index prices, the ${lines.length} deepest falls`,
    unit: '% of the first price',
    kind: 'lines',
    times,
    fromZero: false,
    series: lines.map(({ code, values }, place) => ({
      name: code,
      color: LINE_COLORS[place] ?? '#888',
      values,
    })),
  }
}

function plain(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

function usdt(text: string): string {
  const [whole = '0', fraction = ''] = text.split('.')
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction.slice(0, 2)} USDT`
}

function shortTime(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ')
}

const STYLE = `
:root{color-scheme:light dark;--back:#fff;--text:#1c2733;--soft:#66727f;--grid:#e3e8ee}
@media (prefers-color-scheme:dark){:root{--back:#12171d;--text:#e4e9ef;--soft:#93a0ad;--grid:#2a333d}}
body{margin:0;background:var(--back);color:var(--text);font:15px/1.5 system-ui,sans-serif}
main{max-width:980px;margin:0 auto;padding:24px 16px}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:100%}
th,td{text-align:left;padding:4px 8px;border-bottom:1px solid var(--grid);font-weight:400;overflow-wrap:anywhere}
th{color:var(--soft);width:38%}
figure{margin:28px 0 0}figcaption{font-weight:600}small{color:var(--soft);font-weight:400}
svg{width:100%;height:auto;display:block}svg text{fill:var(--soft);font-size:10px}
.grid{stroke:var(--grid)}.line{fill:none;stroke-width:1.6;vector-effect:non-scaling-stroke}
.lead{font-size:1.05rem}pre{padding:12px;border:1px solid var(--grid);border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 16px;padding:0;margin:4px 0 0;font-size:13px}
.legend span{display:inline-block;width:12px;height:12px;border-radius:2px;margin-right:6px;vertical-align:-1px}
@media (max-width:40rem){svg text{font-size:18px}.minor{display:none}th{width:46%}td{padding-right:0}}
`
