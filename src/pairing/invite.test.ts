import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toBase64Url } from '../lib/bytes.ts'
import { randomBytes, SeededRandom } from '../lib/random.ts'
import { formatInvite, INVITE_BYTES, type Invite, parseInvite } from './invite.ts'

const invite: fc.Arbitrary<Invite> = fc.record({
  mode: fc.constantFrom('private' as const, 'lab' as const),
  bytes: fc.uint8Array({ minLength: INVITE_BYTES, maxLength: INVITE_BYTES }).map((bytes) => Uint8Array.from(bytes)),
})

const SAMPLE: Invite = { mode: 'private', bytes: randomBytes(new SeededRandom('pairing/invite'), INVITE_BYTES) }
const FRAGMENT = formatInvite(SAMPLE)
const INVALID = { ok: false, reason: 'invite-invalid' }

describe('an invite', () => {
  test('comes back from its fragment, with or without the #', () => {
    fc.assert(
      fc.property(invite, fc.boolean(), (sent, hash) => {
        expect(parseInvite(`${hash ? '#' : ''}${formatInvite(sent)}`)).toEqual({ ok: true, value: sent })
      }),
    )
  })

  test('is i=1.<mode>.<214 characters of base64url>, of 160 bytes in the encoding of Node', () => {
    expect(FRAGMENT).toBe(`i=1.private.${Buffer.from(SAMPLE.bytes).toString('base64url')}`)
    expect(FRAGMENT.length).toBe('i=1.private.'.length + 214)
  })

  test('survives a URL, where only the fragment may hold it', () => {
    const url = new URL(`https://chat.example/#${FRAGMENT}`)
    expect(parseInvite(url.hash)).toEqual({ ok: true, value: SAMPLE })
    expect(url.pathname + url.search).toBe('/')
  })

  test.each([
    ['with = and # percent-encoded', `%23${FRAGMENT.replace('=', '%3D')}`],
    ['with = percent-encoded in lower case', FRAGMENT.replace('=', '%3d')],
    ['as encodeURIComponent writes it', encodeURIComponent(FRAGMENT)],
    ['with its dots percent-encoded', FRAGMENT.replaceAll('.', '%2E')],
    ['with a space before and a line break after it', ` ${FRAGMENT}\n`],
  ])('is read when a messenger changed it: %s', (_name, fragment) => {
    expect(parseInvite(fragment)).toEqual({ ok: true, value: SAMPLE })
  })

  test.each(['.', ',', ';', ':', '!', '?', ')', ']', '>', "'", '"', '...', '!).', '%29', '%2E'])(
    'is read with %s behind it',
    (punctuation) => {
      expect(parseInvite(FRAGMENT + punctuation)).toEqual({ ok: true, value: SAMPLE })
    },
  )

  test('cut anywhere is no invite', () => {
    for (let length = 0; length < FRAGMENT.length; length++) {
      expect(parseInvite(FRAGMENT.slice(0, length))).toEqual(INVALID)
      expect(parseInvite(FRAGMENT.slice(length + 1))).toEqual(INVALID)
    }
  })

  test.each([
    ['nothing', ''],
    ['a # alone', '#'],
    ['10 kB of letters', 'A'.repeat(10_240)],
    ['10 kB behind a whole invite', FRAGMENT + 'A'.repeat(10_240)],
    ['10 kB of punctuation behind a whole invite', FRAGMENT + '.'.repeat(10_240)],
    ['10 kB of percent escapes', '%41'.repeat(3_400)],
    ['a version to come', FRAGMENT.replace('i=1.', 'i=2.')],
    ['version 11', FRAGMENT.replace('i=1.', 'i=11.')],
    ['another mode', FRAGMENT.replace('private', 'public')],
    ['a mode in capitals', FRAGMENT.replace('private', 'Private')],
    ['no mode', FRAGMENT.replace('private.', '')],
    ['another letter than i', FRAGMENT.replace('i=', 'j=')],
    ['plain base64 with + and /', `${FRAGMENT.slice(0, -2)}+/`],
    ['padding', `${FRAGMENT}==`],
    ['a letter that looks like one (Cyrillic)', `${FRAGMENT.slice(0, -1)}\u0430`],
    ['one byte more', formatInvite({ ...SAMPLE, bytes: new Uint8Array(161) })],
    ['one byte less', formatInvite({ ...SAMPLE, bytes: new Uint8Array(159) })],
    ['a line break within', `${FRAGMENT.slice(0, 100)}\n${FRAGMENT.slice(100)}`],
    ['a percent sign that escapes nothing', `${FRAGMENT}%`],
    ['bad UTF-8 in escapes', `%FF${FRAGMENT}`],
    ['a nonsense parameter', '?eve=yes#i=1'],
  ])('is not %s', (_name, fragment) => {
    expect(parseInvite(fragment)).toEqual(INVALID)
  })

  test('has one spelling: spare bits at the end of the last character are no invite', () => {
    const text = toBase64Url(SAMPLE.bytes)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const accepted = [...alphabet].filter((last) => parseInvite(`i=1.private.${text.slice(0, -1)}${last}`).ok)
    // 214 characters hold 1,284 bits, 1,280 of them used: four of 64 characters can end an invite.
    expect(accepted.length).toBe(4)
  })

  test('changed from private to lab is another invite of the same bytes: the binding tells, the parser can not', () => {
    expect(parseInvite(FRAGMENT.replace('private', 'lab'))).toEqual({
      ok: true,
      value: { mode: 'lab', bytes: SAMPLE.bytes },
    })
  })

  test('never comes of a throw, whatever stands in the fragment', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 700 }), (fragment) => {
        expect(parseInvite(fragment)).toEqual(INVALID)
        parseInvite(`i=1.private.${fragment}`)
      }),
    )
  })
})
