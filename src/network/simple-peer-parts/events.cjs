// Stands in for Node's events under simple-peer: the part that it and readable-stream.cjs use.

class EventEmitter {
  #listeners = new Map()

  on(name, listener) {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener])
    return this
  }

  once(name, listener) {
    const first = (...values) => {
      this.removeListener(name, first)
      listener.apply(this, values)
    }
    first.listener = listener
    return this.on(name, first)
  }

  removeListener(name, listener) {
    const left = (this.#listeners.get(name) ?? []).filter((one) => one !== listener && one.listener !== listener)
    this.#listeners.set(name, left)
    return this
  }

  /** An error that nobody listens to is thrown, as everywhere. */
  emit(name, ...values) {
    const listeners = this.#listeners.get(name) ?? []
    if (name === 'error' && listeners.length === 0) throw values[0]
    for (const listener of listeners) listener.apply(this, values)
    return listeners.length > 0
  }
}

module.exports = { EventEmitter }
