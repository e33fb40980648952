// Stands in for err-code under simple-peer: an error gets its code. A DOMException has one already, which only its own
// property can hide.

module.exports = (error, code) => Object.defineProperty(error, 'code', { value: code, configurable: true })
