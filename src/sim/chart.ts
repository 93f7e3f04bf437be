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

const WIDTH = 720
const HEIGHT = 220
const LEFT = 60
const RIGHT = 12
const TOP = 12
const BOTTOM = 28
const TICKS = 5
const TIME_TICKS_MAX = 8
/** Of the axis: a mark's text is as wide as this on both sides of it. */
const NEAR_END = 0.05
const MINUTE_MS = 60_000
/** Round spans between two marks of the time axis. */
const TIME_STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10080].map(
  (minutes) => minutes * MINUTE_MS,
)

interface Frame {
  readonly x: (place: number) => number
  readonly y: (value: number) => number
  /** Where the plot ends. */
  readonly bottom: number
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
    bottom: HEIGHT - BOTTOM,
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

function timeAxis(times: readonly number[], { x, bottom }: Frame): string {
  const marks = roundTimes(times[0] ?? 0, times.at(-1) ?? 0)
  return marks
    .map((timeMs, mark) => {
      const at = round(x(times.findIndex((time) => time >= timeMs)))
      const text = new Date(timeMs).toISOString().slice(5, 16).replace('T', ' ')
      // Every second one makes room for larger letters on a narrow page.
      const place = mark % 2 === 0 ? '' : ' class="minor"'
      return `<line class="grid" x1="${at}" x2="${at}" y1="${bottom}" y2="${bottom + 4}"/><text${place} x="${at}" y="${HEIGHT - 6}" text-anchor="middle">${text}</text>`
    })
    .join('')
}

/** Times of day that people read at a glance, at most as many as there is room for, none too near to an end. */
export function roundTimes(fromMs: number, toMs: number): number[] {
  const spanMs = toMs - fromMs
  const stepMs =
    TIME_STEPS_MS.find((step) => spanMs / step <= TIME_TICKS_MAX) ??
    Math.ceil(spanMs / TIME_TICKS_MAX)
  const margin = spanMs * NEAR_END
  const marks: number[] = []
  for (let at = Math.ceil(fromMs / stepMs) * stepMs; at <= toMs - margin; at += stepMs) {
    if (at >= fromMs + margin) marks.push(at)
  }
  return marks
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
          return `<rect fill="${color}" x="${round(x(place) - width / 2)}" y="${round(top)}" width="${round(width)}" height="${round(y(0) - top)}"><title>${at}: ${tickText(value)} ${escapeHtml(name)}</title></rect>`
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
  return Number(value.toPrecision(6)).toLocaleString('en', { maximumFractionDigits: 6 })
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
