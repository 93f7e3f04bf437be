/** One line, area or row of bars of a chart. */
export interface ChartSeries {
  readonly name: string
  /** CSS color. */
  readonly color: string
  /** By place on the time axis; null leaves a gap. */
  readonly values: readonly (number | null)[]
}

export interface Chart {
  readonly title: string
  /** What the vertical axis counts, as in `accounts` or `million USDT`. */
  readonly unit: string
  readonly kind: 'lines' | 'stack' | 'bars'
  /** Milliseconds since the epoch. */
  readonly times: readonly number[]
  readonly series: readonly ChartSeries[]
  /** Keeps zero on the vertical axis. */
  readonly fromZero: boolean
}

const WIDTH = 960
const HEIGHT = 260
const LEFT = 64
const RIGHT = 12
const TOP = 12
const BOTTOM = 28
const TICKS = 5
const TIME_TICKS = 6

interface Frame {
  readonly x: (place: number) => number
  readonly y: (value: number) => number
}

/** The chart as a `figure` with a self-contained SVG; colors of text and lines come from the page's CSS variables. */
export function drawChart(chart: Chart): string {
  const [low, high] = rangeOf(chart)
  const ticks = ticksBetween(low, high)
  const bottom = Math.min(low, ticks[0] ?? low)
  const top = Math.max(high, ticks.at(-1) ?? high)
  const last = Math.max(1, chart.times.length - 1)
  const frame = {
    x: (place: number) => LEFT + ((WIDTH - LEFT - RIGHT) * place) / last,
    y: (value: number) => TOP + ((HEIGHT - TOP - BOTTOM) * (top - value)) / (top - bottom || 1),
  }
  const drawn = { lines: drawLines, stack: drawStack, bars: drawBars }[chart.kind](chart, frame)
  const legend = chart.series.length > 1 ? legendOf(chart.series) : ''
  return `<figure><figcaption>${escapeHtml(chart.title)} <small>${escapeHtml(chart.unit)}</small></figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${chart.title}, ${chart.unit}`)}">
${gridOf(ticks, frame)}${timeAxis(chart.times, frame)}${drawn}</svg>${legend}</figure>`
}

function rangeOf(chart: Chart): readonly [number, number] {
  const columns = chart.times.map((_, place) =>
    chart.series.map(({ values }) => values[place] ?? null),
  )
  const known = columns.map((column) => column.filter((value) => value !== null))
  const totals =
    chart.kind === 'stack'
      ? known.map((column) => column.reduce((sum, value) => sum + value, 0))
      : known.flat()
  const zero = chart.fromZero || totals.length === 0 ? [0] : []
  let low = Infinity
  let high = -Infinity
  for (const value of [...totals, ...zero]) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return high > low ? [low, high] : [low, low + 1]
}

/** Round values that cover the range. */
export function ticksBetween(low: number, high: number): number[] {
  const rough = (high - low) / TICKS
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough
  const ticks: number[] = []
  for (let count = Math.floor(low / step); count <= Math.ceil(high / step); count += 1) {
    ticks.push(count * step)
  }
  return ticks
}

function gridOf(ticks: readonly number[], { y }: Frame): string {
  return ticks
    .map((tick) => {
      const at = round(y(tick))
      return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/><text x="${LEFT - 6}" y="${at + 4}" text-anchor="end">${tickText(tick)}</text>`
    })
    .join('')
}

function timeAxis(times: readonly number[], { x }: Frame): string {
  const last = times.length - 1
  const places = Array.from({ length: TIME_TICKS }, (_, tick) =>
    Math.round((last * tick) / (TIME_TICKS - 1)),
  )
  return [...new Set(places)]
    .map((place) => {
      const text = new Date(times[place] ?? 0).toISOString().slice(5, 16).replace('T', ' ')
      const anchor = place === 0 ? 'start' : place === last ? 'end' : 'middle'
      return `<text x="${round(x(place))}" y="${HEIGHT - 8}" text-anchor="${anchor}">${text}</text>`
    })
    .join('')
}

function drawLines({ series }: Chart, { x, y }: Frame): string {
  return series
    .map(({ name, color, values }) => {
      let pen = 'M'
      let path = ''
      for (const [place, value] of values.entries()) {
        if (value === null) pen = 'M'
        else {
          path += `${pen}${round(x(place))},${round(y(value))}`
          pen = 'L'
        }
      }
      return `<path class="line" stroke="${color}" d="${path}"><title>${escapeHtml(name)}</title></path>`
    })
    .join('')
}

function drawStack({ times, series }: Chart, { x, y }: Frame): string {
  const base = times.map(() => 0)
  return series
    .map(({ name, color, values }) => {
      const lower = base.map((value, place) => `${round(x(place))},${round(y(value))}`)
      for (const [place, value] of values.entries()) base[place] = (base[place] ?? 0) + (value ?? 0)
      const upper = base.map((value, place) => `${round(x(place))},${round(y(value))}`)
      const points = [...upper, ...lower.reverse()].join(' ')
      return `<polygon fill="${color}" points="${points}"><title>${escapeHtml(name)}</title></polygon>`
    })
    .join('')
}

function drawBars({ times, series }: Chart, { x, y }: Frame): string {
  const width = Math.max(1, (WIDTH - LEFT - RIGHT) / Math.max(1, times.length) - 0.5)
  return series
    .map(({ name, color, values }) =>
      values
        .map((value, place) => {
          if (value === null || value === 0) return ''
          const at = new Date(times[place] ?? 0).toISOString().slice(0, 16).replace('T', ' ')
          const top = y(value)
          return `<rect fill="${color}" x="${round(x(place) - width / 2)}" y="${round(top)}" width="${round(width)}" height="${round(y(0) - top)}"><title>${at}: ${value} ${escapeHtml(name)}</title></rect>`
        })
        .join(''),
    )
    .join('')
}

function legendOf(series: readonly ChartSeries[]): string {
  const items = series.map(
    ({ name, color }) => `<li><span style="background:${color}"></span>${escapeHtml(name)}</li>`,
  )
  return `<ul class="legend">${items.join('')}</ul>`
}

function tickText(value: number): string {
  return String(Number(value.toPrecision(6)))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
