import type { DemoUser, GatewayDeps } from './gateway-deps.ts'

/** The page at `/`: what runs here and how to connect to it. One document, nothing fetched from elsewhere. */
export function frontPage(deps: GatewayDeps, baseUrl: string): string {
  const ready = deps.ready()
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Fulcrum</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#connect">Skip to how to connect</a>
<header>
<p class="mark" aria-hidden="true">▲</p>
<h1>Fulcrum</h1>
<p class="lead">A spot and cross margin exchange behind the API that Binance's clients already speak.</p>
</header>
<main>
${statusSection(deps, ready)}
${connectSection(baseUrl, deps.demo[0])}
${demoSection(deps.demo)}
${linkSection(deps, baseUrl)}
</main>
</body>
</html>
`
}

function statusSection(deps: GatewayDeps, ready: boolean): string {
  const state = ready ? 'Trading' : 'Starting'
  const rows = [['State', `<span class="state ${ready ? 'up' : 'down'}">${state}</span>`]]
  if (ready) {
    const status = deps.engine.ask('status', {})
    const symbols = deps.engine.venue.symbols.map((symbol) => escapeHtml(symbol.symbol))
    rows.push(
      ['Venue', escapeHtml(deps.engine.venue.name)],
      ['Kind', deps.sandbox === null ? 'Live' : 'Sandbox: play money, a clock you control'],
      ['Venue time', `<time>${new Date(deps.engine.nowMs()).toISOString()}</time>`],
      ['Commands so far', status.sequence.toLocaleString('en')],
      ['Users', status.users.toLocaleString('en')],
      ['Open orders', status.openOrders.toLocaleString('en')],
      ['Symbols', symbols.join(' ')],
    )
  }
  const body = rows
    .map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`)
    .join('\n')
  return `<section aria-labelledby="status"><h2 id="status">Status</h2><dl>${body}</dl></section>`
}

function connectSection(baseUrl: string, demo: DemoUser | undefined): string {
  const wsUrl = baseUrl.replace(/^http/, 'ws')
  const urls = [
    ['REST', `${baseUrl}/api/v3`],
    ['Margin and wallet', `${baseUrl}/sapi/v1`],
    ['Market streams', `${wsUrl}/stream`],
    ['WebSocket API', `${wsUrl}/ws-api/v3`],
  ]
  const rows = urls.map(
    ([name, url]) => `<div><dt>${name}</dt><dd><code>${escapeHtml(url ?? '')}</code></dd></div>`,
  )
  return `<section aria-labelledby="connect"><h2 id="connect">Connect</h2>
<dl>${rows.join('\n')}</dl>
<h3>ccxt</h3>
<pre tabindex="0" aria-label="ccxt example"><code>${escapeHtml(ccxtSnippet(baseUrl, wsUrl, demo))}</code></pre>
</section>`
}

/** Runs as it stands with ccxt 4. */
export function ccxtSnippet(baseUrl: string, wsUrl: string, demo: DemoUser | undefined): string {
  return `import ccxt from 'ccxt'

const exchange = new ccxt.binance({
  apiKey: '${demo?.apiKey ?? 'YOUR API KEY'}',
  secret: '${demo?.secretKey ?? 'YOUR SECRET KEY'}',
  options: { fetchMarkets: { types: ['spot'] } },
})
Object.assign(exchange.urls.api, {
  public: '${baseUrl}/api/v3',
  private: '${baseUrl}/api/v3',
  v1: '${baseUrl}/api/v1',
  sapi: '${baseUrl}/sapi/v1',
  sapiV3: '${baseUrl}/sapi/v3',
  ws: { spot: '${wsUrl}/stream/ws', margin: '${wsUrl}/stream/ws', 'ws-api': { spot: '${wsUrl}/ws-api/v3' } },
})
console.log(await exchange.fetchBalance({ type: 'margin' }))`
}

function demoSection(demo: readonly DemoUser[]): string {
  if (demo.length === 0) return ''
  const rows = demo.map((user) => {
    const name = escapeHtml(user.name)
    const shown =
      user.loginUrl === undefined ? name : `<a href="${escapeHtml(user.loginUrl)}">${name}</a>`
    return `<tr><th scope="row">${shown}</th><td><code>${escapeHtml(user.apiKey)}</code></td><td><code>${escapeHtml(user.secretKey)}</code></td></tr>`
  })
  return `<section aria-labelledby="demo"><h2 id="demo">Demo users</h2>
<div class="scroll" role="region" aria-labelledby="demo" tabindex="0"><table>
<thead><tr><th scope="col">User</th><th scope="col">API key</th><th scope="col">Secret key</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div></section>`
}

function linkSection(deps: GatewayDeps, baseUrl: string): string {
  const links = [
    ['/api/v3/exchangeInfo', 'Symbols and filters'],
    ['/api/v3/ticker/24hr', 'Prices of the last day'],
    ['/sapi/v1/margin/allAssets', 'Margin assets'],
    ['/readyz', 'Readiness'],
    ['/metrics', 'Metrics'],
  ]
  if (deps.sandbox !== null) links.push(['/sandbox/v1/status', 'Sandbox status'])
  const items = links.map(
    ([path, name]) => `<li><a href="${path}">${name}</a> <code>${path}</code></li>`,
  )
  const clock = `curl -X POST ${baseUrl}/sandbox/v1/clock -H 'content-type: application/json' -d '{"advanceMs":3600000}'`
  const hint =
    deps.sandbox === null
      ? ''
      : `<h3>An hour later</h3><pre tabindex="0" aria-label="Clock example"><code>${escapeHtml(clock)}</code></pre>`
  return `<section aria-labelledby="look"><h2 id="look">Look around</h2><ul>${items.join('\n')}</ul>${hint}</section>`
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

const STYLE = `
:root{--ink:#16181d;--quiet:#565d6b;--paper:#fbfaf7;--card:#fff;--line:#dedbd3;--accent:#9a4a00;--up:#0b6b3a;--down:#a3221a}
@media (prefers-color-scheme:dark){:root{--ink:#ece9e2;--quiet:#a4a8b3;--paper:#14161a;--card:#1c1f25;--line:#343944;--accent:#ffb066;--up:#5fd495;--down:#ff9187}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,sans-serif}
header,main{max-width:52rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:3rem}
.mark{margin:0;font-size:1.5rem;line-height:1;color:var(--accent)}
h1{margin:.25rem 0 0;font-size:2.25rem;letter-spacing:-.02em;line-height:1.15}
.lead{margin:.5rem 0 2rem;color:var(--quiet);font-size:1.125rem;max-width:36rem}
section{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem 1.5rem;margin:0 0 1.25rem}
h2{margin:0 0 .75rem;font-size:1.125rem}
h3{margin:1.25rem 0 .5rem;font-size:.95rem;color:var(--quiet)}
dl{margin:0;display:grid;gap:.35rem}
dl div{display:grid;grid-template-columns:minmax(7rem,11rem) 1fr;gap:1rem}
dt{color:var(--quiet)}
dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
.state{font-weight:600}
.state::before{content:"";display:inline-block;width:.6em;height:.6em;border-radius:50%;background:currentColor;margin-right:.5em}
.up{color:var(--up)}.down{color:var(--down)}
code,pre{font:.875rem/1.5 ui-monospace,monospace}
pre{margin:0;padding:1rem;overflow:auto;border:1px solid var(--line);border-radius:.5rem;background:var(--paper)}
.scroll{overflow:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);white-space:nowrap;font-weight:normal}
thead th{color:var(--quiet)}
ul{margin:0;padding-left:1.1rem}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem}
@media (max-width:32rem){dl div{grid-template-columns:1fr;gap:0}}
`
