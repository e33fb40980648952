// Stands in for buffer under simple-peer: it only wraps what a data channel gave.

module.exports = { Buffer: { from: (data) => new Uint8Array(data) } }
