const WIDTH = 30

/** Shows how far a long run is, on stderr: a bar that moves on a terminal, a line for every tenth elsewhere. */
export function progress(label: string): (done: number, of: number) => void {
  let shown = -1
  const terminal = process.stderr.isTTY === true
  return (done, of) => {
    const share = Math.floor((done * (terminal ? 100 : 10)) / Math.max(1, of))
    if (share === shown) return
    shown = share
    if (terminal) {
      const filled = Math.floor((WIDTH * done) / Math.max(1, of))
      const bar = '█'.repeat(filled).padEnd(WIDTH, '░')
      process.stderr.write(`\r${label} ${bar} ${share} %${done === of ? '\n' : ''}`)
    } else {
      process.stderr.write(`${label} ${share * 10} %\n`)
    }
  }
}
