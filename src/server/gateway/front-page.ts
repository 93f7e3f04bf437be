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
      ['Policy', escapeHtml(deps.engine.venue.policy.profile)],
      ['Kind', deps.sandbox === null ? 'Live' : 'Sandbox: play money and a clock that you control'],
      ['Venue time', `<time>${timeText(deps.engine.nowMs())}</time>`],
      ['Commands so far', status.sequence.toLocaleString('en')],
      ['Users', status.users.toLocaleString('en')],
      ['Open orders', status.openOrders.toLocaleString('en')],
      ['Symbols', symbols.join(' ')],
    )
  }
  const body = rows.map(([name = '', value = '']) => row(name, value)).join('\n')
  return `<section aria-labelledby="status"><h2 id="status">Status</h2><dl>${body}</dl></section>`
}

function connectSection(baseUrl: string, demo: DemoUser | undefined): string {
  const wsUrl = baseUrl.replace(/^http/, 'ws')
  const urls = [
    ['REST', `${baseUrl}/api/v3`],
    ['Margin and wallet', `${baseUrl}/sapi/v1`],
    ['Market streams', `${wsUrl}/stream`],
    ['WebSocket API', `${wsUrl}/ws-api/v3`],
  ] as const
  const rows = urls.map(([name, url]) => row(name, code(url)))
  return `<section aria-labelledby="connect"><h2 id="connect">Connect</h2>
<p>Clients of Binance's spot and margin API work here; all they need is another address.</p>
<dl>${rows.join('\n')}</dl>
${example('ccxt', ccxtSnippet(baseUrl, wsUrl, demo))}
${example('The npm package binance', binanceSnippet(baseUrl, demo))}
${example('curl', curlSnippet(baseUrl, demo))}
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
  ws: {
    spot: '${wsUrl}/stream/ws',
    margin: '${wsUrl}/stream/ws',
    'ws-api': { spot: '${wsUrl}/ws-api/v3' },
  },
})
console.log(await exchange.fetchBalance({ type: 'margin' }))`
}

function binanceSnippet(baseUrl: string, demo: DemoUser | undefined): string {
  return `import { MainClient } from 'binance'

const client = new MainClient({
  api_key: '${demo?.apiKey ?? 'YOUR API KEY'}',
  api_secret: '${demo?.secretKey ?? 'YOUR SECRET KEY'}',
  baseUrl: '${baseUrl}',
})
console.log(await client.getAccountInformation())`
}

function curlSnippet(baseUrl: string, demo: DemoUser | undefined): string {
  return `curl '${baseUrl}/api/v3/ticker/price?symbol=BTCUSDT'

# signed: your own account
key='${demo?.apiKey ?? 'YOUR API KEY'}'
secret='${demo?.secretKey ?? 'YOUR SECRET KEY'}'
query="timestamp=$(date +%s000)"
signature=$(printf %s "$query" |
  openssl dgst -sha256 -hmac "$secret" -r | cut -d ' ' -f 1)
curl -H "X-MBX-APIKEY: $key" \\
  "${baseUrl}/api/v3/account?$query&signature=$signature"`
}

function demoSection(demo: readonly DemoUser[]): string {
  if (demo.length === 0) return ''
  const users = demo.map(({ name, about, apiKey, secretKey, loginUrl }) => {
    const login =
      loginUrl === undefined
        ? ''
        : ` <a href="${escapeHtml(loginUrl)}">log in as ${escapeHtml(name)}</a>`
    const keys = [row('API key', code(apiKey)), row('Secret key', code(secretKey))]
    const what = about === undefined ? '' : `<p>${escapeHtml(about)}</p>`
    return `<h3>${escapeHtml(name)}${login}</h3>${what}<dl>${keys.join('')}</dl>`
  })
  return `<section aria-labelledby="demo"><h2 id="demo">Demo users</h2>
${users.join('\n')}</section>`
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
  const hint = deps.sandbox === null ? '' : example('Let an hour pass', clockSnippet(baseUrl))
  return `<section aria-labelledby="look"><h2 id="look">Look around</h2><ul>${items.join('\n')}</ul>${hint}</section>`
}

function clockSnippet(baseUrl: string): string {
  return `curl '${baseUrl}/sandbox/v1/clock' \\
  -H 'content-type: application/json' -d '{"advanceMs":3600000}'`
}

function timeText(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** `value` is HTML. */
function row(name: string, value: string): string {
  return `<div><dt>${escapeHtml(name)}</dt><dd>${value}</dd></div>`
}

function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`
}

function example(name: string, text: string): string {
  const label = escapeHtml(name)
  return `<h3>${label}</h3><pre tabindex="0" role="region" aria-label="${label}, example">${code(text)}</pre>`
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
h3{margin:1.5rem 0 .5rem;font-size:1rem}
dl{margin:0;display:grid;gap:.35rem}
dl div{display:grid;grid-template-columns:minmax(7rem,11rem) minmax(0,1fr);gap:1rem}
dt{color:var(--quiet)}
dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
.state{font-weight:600}
.state::before{content:"";display:inline-block;width:.6em;height:.6em;border-radius:50%;background:currentColor;margin-right:.5em}
.up{color:var(--up)}.down{color:var(--down)}
code,pre{font:.875rem/1.5 ui-monospace,monospace}
pre{margin:0;padding:1rem;overflow:auto;border:1px solid var(--line);border-radius:.5rem;background:var(--paper)}
h3 a{font-weight:normal;margin-left:.5rem}
p{margin:0 0 .75rem}
h3+p{color:var(--quiet);margin-bottom:.5rem}
ul{margin:0;padding-left:1.1rem}
li{overflow-wrap:anywhere}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem}
@media (max-width:32rem){header{padding-top:1.5rem}section{padding:1rem}dl{gap:.6rem}dl div{grid-template-columns:minmax(0,1fr);gap:0}pre{padding:.75rem;white-space:pre-wrap;overflow-wrap:anywhere}}
`
