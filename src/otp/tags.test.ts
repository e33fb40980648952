import { describe, expect, test } from 'vitest'
import { concat, fromHex, toHex } from '../lib/bytes.ts'
import { encodeText } from '../lib/text.ts'
import { OneTimeTagKey, oneTimeTag } from './tags.ts'

function bytes(hexadecimal: string): Uint8Array {
  const read = fromHex(hexadecimal.replaceAll(' ', ''))
  if (!read.ok) throw new Error(read.reason)
  return read.value
}

const zeros = (count: number): string => '00'.repeat(count)
const ones = 'ff'.repeat(16)

const IETF = encodeText(
  'Any submission to the IETF intended by the Contributor for publication as all or part of an IETF Internet-Draft or ' +
    'RFC and any statement made within the context of an IETF activity is considered an "IETF Contribution". Such ' +
    'statements include oral statements in IETF sessions, as well as written and electronic communications made at any ' +
    'time or place, which are addressed to',
)
const JABBERWOCKY = encodeText(
  "'Twas brillig, and the slithy toves\nDid gyre and gimble in the wabe:\nAll mimsy were the borogoves,\nAnd the mome raths outgrabe.",
)
const R10 = '0100000000000000 0400000000000000'

// RFC 8439: section 2.5.2, then appendix A.3, test vectors 1 to 11. Key (r, s), message, tag.
const VECTORS: readonly (readonly [string, string, Uint8Array, string])[] = [
  [
    '2.5.2',
    '85d6be7857556d337f4452fe42d506a8 0103808afb0db2fd4abff6af4149f51b',
    encodeText('Cryptographic Forum Research Group'),
    'a8061dc1305136c6c22b8baf0c0127a9',
  ],
  ['A.3 #1', zeros(32), bytes(zeros(64)), zeros(16)],
  ['A.3 #2', `${zeros(16)} 36e5f6b5c5e06070f0efca96227a863e`, IETF, '36e5f6b5c5e06070f0efca96227a863e'],
  ['A.3 #3', `36e5f6b5c5e06070f0efca96227a863e ${zeros(16)}`, IETF, 'f3477e7cd95417af89a6b8794c310cf0'],
  [
    'A.3 #4',
    '1c9240a5eb55d38af333888604f6b5f0 473917c1402b80099dca5cbc207075c0',
    JABBERWOCKY,
    '4541669a7eaaee61e708dc7cbcc5eb62',
  ],
  ['A.3 #5', `02${zeros(31)}`, bytes(ones), `03${zeros(15)}`],
  ['A.3 #6', `02${zeros(15)} ${ones}`, bytes(`02${zeros(15)}`), `03${zeros(15)}`],
  ['A.3 #7', `01${zeros(31)}`, bytes(`${ones} f0${'ff'.repeat(15)} 11${zeros(15)}`), `05${zeros(15)}`],
  ['A.3 #8', `01${zeros(31)}`, bytes(`${ones} fb${'fe'.repeat(15)} ${'01'.repeat(16)}`), zeros(16)],
  ['A.3 #9', `02${zeros(31)}`, bytes(`fd${'ff'.repeat(15)}`), `fa${'ff'.repeat(15)}`],
  [
    'A.3 #10',
    `${R10} ${zeros(16)}`,
    bytes(`e33594d7505e43b9${zeros(8)} 3394d7505e4379cd01${zeros(7)} ${zeros(16)} 01${zeros(15)}`),
    `14${zeros(7)}55${zeros(7)}`,
  ],
  [
    'A.3 #11',
    `${R10} ${zeros(16)}`,
    bytes(`e33594d7505e43b9${zeros(8)} 3394d7505e4379cd01${zeros(7)} ${zeros(16)}`),
    `13${zeros(15)}`,
  ],
]

test.each(VECTORS)('the tag of RFC 8439 %s', (_, key, message, tag) => {
  expect(toHex(oneTimeTag(bytes(key), message))).toBe(tag)
})

describe('a one-time tag key', () => {
  const fresh = (): OneTimeTagKey =>
    new OneTimeTagKey(bytes('85d6be7857556d337f4452fe42d506a8 0103808afb0db2fd4abff6af4149f51b'))
  const message = encodeText('Cryptographic Forum Research Group')

  test('tags one message, and refuses to be used again', () => {
    const key = fresh()
    expect(toHex(key.tag(message))).toBe('a8061dc1305136c6c22b8baf0c0127a9')
    expect(() => key.tag(message)).toThrow('one message')
    expect(() => key.tag(concat(message, message))).toThrow('one message')
    expect(() => key.verify(encodeText('another'), new Uint8Array(16))).toThrow('one message')
  })

  test('verifies its tag, and no tag with a bit changed or cut off', () => {
    const tag = fresh().tag(message)
    expect(fresh().verify(message, tag)).toBe(true)
    expect(fresh().verify(message, tag.subarray(0, 15))).toBe(false)
    for (let bit = 0; bit < 128; bit++) {
      const changed = tag.slice()
      changed[bit >> 3]! ^= 1 << (bit & 7)
      expect(fresh().verify(message, changed)).toBe(false)
    }
  })

  test('wipes the key at its first use, and refuses a wiped one', () => {
    const bare = bytes(`01${zeros(31)}`)
    new OneTimeTagKey(bare).tag(message)
    expect(bare).toEqual(new Uint8Array(32))
    expect(() => new OneTimeTagKey(bare)).toThrow('not wiped')
    expect(() => new OneTimeTagKey(new Uint8Array(31))).toThrow('32 bytes')
  })
})
