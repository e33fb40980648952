// Stands in for randombytes under simple-peer: names of peers and channels, as hexadecimal.

module.exports = (length) => {
  const bytes = crypto.getRandomValues(new Uint8Array(length))
  return { toString: () => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('') }
}
