// Stands in for readable-stream under simple-peer (see vite.config.ts): the part of Duplex that is used when frames go
// out by `send` and come in by `data`. No pipes, no back-pressure of its own: send-queue.ts has that. Saves 20 kB gzip.

const { EventEmitter } = require('events')

class Duplex extends EventEmitter {
  constructor() {
    super()
    this.readable = true
    this.writable = true
    this._readableState = { ended: false }
    this._writableState = { finished: false }
  }

  /** What came in; null ends it. */
  push(chunk) {
    if (chunk !== null) this.emit('data', chunk)
    else if (!this._readableState.ended) {
      this._readableState.ended = true
      this.emit('end')
    }
  }

  end() {
    if (this._writableState.finished) return
    this._writableState.finished = true
    this.emit('finish')
  }
}

module.exports = { Duplex }
