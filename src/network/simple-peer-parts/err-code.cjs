// Stands in for err-code under simple-peer: an error gets its code.

module.exports = (error, code) => Object.assign(error, { code })
