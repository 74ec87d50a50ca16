import { Writable } from 'node:stream'

/** A terminal: replays what is written (text, newlines, cursor up, clear below, colours) into rows, and wraps like one. */
export class ScreenBuffer extends Writable {
  readonly isTTY = true
  readonly rowsDrawn: string[] = ['']
  writes = 0
  #row = 0
  #column = 0

  constructor(
    public columns = 100,
    public rows = 30,
  ) {
    super({ decodeStrings: false })
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.writes++
    for (const [token] of String(chunk).matchAll(/\x1b\[\d*[A-Za-z]|[\s\S]/gu)) this.#play(token)
    done()
  }

  get text(): string {
    return this.rowsDrawn
      .map((row) => row.trimEnd())
      .join('\n')
      .trimEnd()
  }

  /** What a terminal does when its window becomes narrower: long rows take several. */
  rewrap(): void {
    const rows = this.rowsDrawn.flatMap((row) => row.match(new RegExp(`.{1,${this.columns}}`, 'gu')) ?? [''])
    this.#row += rows.length - this.rowsDrawn.length
    this.rowsDrawn.splice(0, this.rowsDrawn.length, ...rows)
  }

  #play(token: string): void {
    if (token === '\n') this.#to(this.#row + 1, 0)
    else if (token === '\r') this.#column = 0
    else if (/^\x1b\[\d+A$/.test(token)) this.#up(Number(token.slice(2, -1)))
    else if (token === '\x1b[J') this.rowsDrawn.splice(this.#row, Number.POSITIVE_INFINITY, '')
    else if (/^\x1b\[\d*m$/.test(token)) return
    else if (token < ' ') throw new Error(`unexpected control ${JSON.stringify(token)}`)
    else this.#put(token)
  }

  // What scrolled off the window cannot be reached any more.
  #up(rows: number): void {
    if (rows > this.rows - 1) throw new Error(`the cursor goes up ${rows} rows of ${this.rows}`)
    this.#row -= rows
  }

  #put(character: string): void {
    if (this.#column === this.columns) this.#to(this.#row + 1, 0)
    const row = [...(this.rowsDrawn[this.#row] ?? '').padEnd(this.#column)]
    row[this.#column++] = character
    this.rowsDrawn[this.#row] = row.join('')
  }

  #to(row: number, column: number): void {
    this.#row = row
    this.#column = column
    this.rowsDrawn[row] ??= ''
  }
}
