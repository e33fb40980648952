// Every sentence of the eavesdropper that a tab lets in (`?eve=`): what she does, what each word on the public channel
// reveals, what she makes of it.

import type { EveReport, HeardLine, OwnEve } from '../../app/state.ts'
import { count, fixed, percent } from '../format.ts'

export const eveWords = {
  off: 'Eve is off.',
  offText: 'Pairs pass this tab as they were sent.',
  switchOff: 'Switch Eve off',
  switchOn: 'Switch Eve on',
  knows: 'What she knows',
  title: 'What Eve knows',
  nothing: 'Nothing yet. Once a message’s pairs and words have passed this tab, what she got of them stands here.',
  session: 'Session',
  guess: 'Her best guess of the message',
  heard: 'Public channel',
  heardNote: 'What both browsers said in the open. It is authenticated, not hidden: anybody at the server may hear it.',
  table: 'Her readings, setting by setting',
  tableNote: 'Outcomes that the two said in the open, beside what she had read before. Mark: what theory gives her.',
  counted: 'Only the count of what was right comes from this tab, which knows its own bits.',
} as const

/** The attack's name, as in the address. */
export const attackName = (eve: OwnEve): string =>
  ({ passive: 'listen only', ghz: 'entangle (GHZ)', intercept: 'intercept and resend' })[eve.kind]

/** What she does, with strength and angle. */
export function attackSentence(eve: OwnEve): string {
  if (eve.kind === 'passive') return 'She hears the public channel and touches no pair.'
  if (eve.strength === 0) return 'At strength 0 she lets every pair pass.'
  const along = degrees(eve.angleDegrees)
  if (eve.kind === 'intercept') return `She measures ${share(eve.strength)} at ${along} and sends on what she found.`
  const how = eve.strength === 1 ? 'fully' : `at strength ${fixed(eve.strength, 2)}`
  return `She copies every pair along ${along} onto a qubit of hers, ${how}, and reads that.`
}

/** What she may use, so that nothing else is suspected. */
export const sourcesSentence = ({ touched }: EveReport): string =>
  touched > 0
    ? 'She has her readings of the qubits and the public channel, as any eavesdropper may.'
    : 'She has the public channel and nothing else.'

/** What stands under her dial. */
export const figureCaption = ({ kind, angleDegrees }: Exclude<OwnEve, { kind: 'passive' }>): string =>
  kind === 'intercept' ? `measures at ${degrees(angleDegrees)}, sends on` : `copies along ${degrees(angleDegrees)}`

const degrees = (angle: number): string => `${fixed(angle, 2).replace(/\.?0+$/, '')}°`
const share = (fraction: number): string => (fraction === 1 ? 'every pair' : `${percent(fraction)} of the pairs`)

export interface LineWords {
  readonly what: string
  readonly reveals: string
}

/** A message of the public channel: what was said, and what that reveals to her. */
export function lineWords({ said }: HeardLine, report: EveReport): LineWords {
  switch (said.type) {
    case 'propose':
      return {
        what: `Proposes ${count(said.pairs)} pairs, ${said.mode} mode, for ${count(said.neededBits)} bits of key`,
        reveals: 'Reveals about how long the message is, and nothing of the key.',
      }
    case 'ready':
      return { what: 'Is ready for the pairs', reveals: 'Reveals nothing.' }
    case 'refuse':
      return { what: `Refuses: ${REFUSALS[said.reason]}`, reveals: 'Reveals nothing of a key: there is none.' }
    case 'measured':
      return {
        what: `Has measured ${count(said.arrived)} pairs; tells his settings`,
        reveals: 'Too late for her to use: the pairs are gone.',
      }
    case 'sifted':
      return {
        what: `Tells her settings, ${count(said.testBits)} test outcomes and a check of the key`,
        reveals: siftedReveals(said.keyBits, report),
      }
    case 'estimated':
      return estimatedWords(said)
    case 'amplify':
      return {
        what: `Hash seed, ciphertext of ${count(said.ciphertextBytes)} bytes, and tag`,
        reveals: 'The seed says how the key is hashed, not the key. Without that the ciphertext is noise.',
      }
    case 'received':
      return {
        what: 'Has read it: 128 bits of the key, kept for this answer',
        reveals: 'Reveals that the message arrived. These bits hide nothing else.',
      }
    case 'abort':
      return {
        what: `Gives up: ${ABORTS[said.reason]}${said.sacrificedBits > 0 ? `; tells her whole key of ${count(said.sacrificedBits)} bits` : ''}`,
        reveals: abortReveals(report),
      }
  }
}

function siftedReveals(keyBits: number, { touched }: EveReport): string {
  const which = `${count(keyBits)} pairs make the key; their outcomes are not said.`
  return touched > 0
    ? `Tells Eve which of her readings matter: ${which}`
    : `Tells Eve that ${which} She has no reading of them.`
}

function estimatedWords(said: Extract<HeardLine['said'], { type: 'estimated' }>): LineWords {
  const sacrificed = said.sacrificedBits > 0 ? `; gives up his whole key of ${count(said.sacrificedBits)} bits` : ''
  const keys = said.equal ? 'keys equal' : 'keys unequal'
  const s = said.s === null ? 'They can read no S.' : `They, and she, now read S = ${fixed(said.s, 2)}.`
  const verdict = { enough: '', short: ' The key is too short to use.', unreconciled: ' The key can’t be used.' }
  return {
    what: `Tells ${count(said.testBits)} test outcomes; ${keys}${sacrificed}`,
    reveals: `${s}${verdict[said.finding]}`,
  }
}

function abortReveals({ key }: EveReport): string {
  const none = 'There is no ciphertext this time.'
  if (key === null || key.right === null) return none
  return `${none} She guessed ${percent(key.right / key.bits)} of a key that nobody used.`
}

const REFUSALS = {
  'unknown-pair': 'the tag key is unknown there',
  'not-accepted': 'more pairs or less security than it allows',
  busy: 'busy',
  seen: 'this session was there before',
  impossible: 'the proposal makes no sense',
} as const

const ABORTS = {
  short: 'too little key',
  unreconciled: 'the keys differ',
  tampered: 'a tag did not fit',
  malformed: 'what was said made no sense',
  late: 'it took too long',
  cancelled: 'cancelled',
  storage: 'it could not be stored',
  lost: 'the connection was lost',
} as const

/** What stands under her guess of the message; or why there is none. */
export function guessWords({ key, message, lines, touched }: EveReport): string {
  if (message !== null)
    return touched > 0
      ? 'Her guess of the key, hashed as they hashed theirs. One wrong bit makes all of it noise.'
      : 'She tossed a coin for every key bit and hashed as they did: noise, no better than chance.'
  if (lines.some(({ said }) => said.type === 'amplify')) return 'None: she missed too much of this session.'
  return key === null ? 'None: it never came to a key.' : 'None: nothing was sealed, so there is nothing to open.'
}

/** The figures at the top, each with what is usual. */
export function keyWords({ key }: EveReport): { readonly value: string; readonly beside: string } {
  if (key === null) return { value: 'none', beside: 'it never came to a key' }
  const theory = key.expected > 0.501 ? `in theory ${percent(key.expected)}, a coin gives 50 %` : 'a coin gives 50 %'
  if (key.right === null) return { value: 'not counted', beside: theory }
  return {
    value: percent(key.right / key.bits),
    beside: `${count(key.right)} of ${count(key.bits)}; ${theory}`,
  }
}
