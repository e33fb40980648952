// The sentences of the bench and the receipt. They come with those, after the first message.

import { count, fixed, milliseconds, percent } from '../format.ts'
import type { Receipt } from '../types.ts'
import { peer } from '../words.ts'
import { sealed } from './readings.ts'

export const keyWords = {
  correlations: 'Correlations',
  keyLength: 'Key length',
  simulated: 'The pairs are simulated: these figures describe the modelled experiment.',
  done: 'Done',
  picked: 'An earlier run, from its receipt.',
  newest: 'Show the newest',
  showRun: 'Show this run',
  export: 'Export receipt',
  proofs: 'Under two proofs',
  sealed: 'One-time pad over every bit; the tag was checked first.',
  notReached: 'Not reached: nothing was sealed.',
  tagFailed: 'A tag did not fit: what the two browsers said to each other was changed.',
  endedEarly: 'This run ended before its figures were compared. Nothing was sealed.',
} as const

/** What became of a run, under its length in bits. */
export function verdictWords(receipt: Receipt): string {
  const needed = `${count(receipt.neededBits)} were needed`
  switch (receipt.outcome) {
    case 'delivered':
      return `${needed} and used. Delivered ${milliseconds(receipt.timesMs.total)} after the first pair.`
    case 'sent':
      return `${needed} and used. Sent, not yet acknowledged.`
    case 'short':
      return receipt.qber === 0
        ? `${needed}: short by chance, one run in a thousand. Nothing was sealed.`
        : `${needed}: more errors than the link was planned with. Nothing was sealed.`
    case 'noisy':
      return `${needed}, and equal keys: the link has too many errors. Nothing was sealed.`
    case 'eavesdropper':
      return `${needed}. Nothing was sealed, nothing was sent.`
    case 'tampered':
      return `${needed}. A tag did not fit: nothing was sent.`
  }
}

export const modeWords = { efficient: 'efficient', textbook: 'textbook' } as const

export const modeMeans = {
  efficient: 'Settings are drawn unevenly, so that more pairs make key.',
  textbook: 'All nine pairs of settings are drawn alike.',
} as const

export const routeWords = { relay: 'through the server', direct: 'directly' } as const

export const routeMeans = {
  relay: 'The two browsers compared settings through the server, which can read that and change nothing unseen.',
  direct: 'The two browsers compared settings directly.',
} as const

export const authenticationMeans = {
  'information-theoretic': 'By one-time tag keys from earlier messages or the invite.',
  computational: 'The one-time tag keys ran out, they refill with the next messages.',
} as const

export const proofWords = {
  trusted: {
    name: 'Trusted devices, any attack',
    assumes: 'Both browsers measure what they say. The assembly of this bound is ours.',
  },
  collective: {
    name: 'Device-independent, collective',
    assumes: 'Nothing about the devices; Eve treats every pair alike. Needs far more pairs than one message makes.',
  },
} as const

export function arrivedWords({ pairs, arrivedPairs }: Receipt): string {
  return arrivedPairs === pairs ? 'All arrived.' : `${count(arrivedPairs)} arrived.`
}

export function leakMeans(receipt: Receipt): string {
  if (receipt.leakedBits === 0) return 'Told in the open about the key, and taken off it.'
  return 'What correcting the errors was expected to tell in the open, and taken off the key. Nothing of it was told.'
}

export function errorCorrectionMeans({ qber }: Receipt): string {
  return qber === 0 ? 'Both keys were equal.' : 'This version corrects nothing: a run with unequal keys is given up.'
}

export function qberMeans(receipt: Receipt): string {
  const usual = `usually ${usualQber(receipt)}`
  if (receipt.qber === null)
    return `Key bits in which the two sides differed, ${usual}. Nobody counted these: the run was over before.`
  if (sealed(receipt)) return `Key bits in which the two sides differed, ${usual}. A check of both keys found none.`
  return `Key bits in which the two sides differed, ${usual}. Counted over the whole key, which was given away for it.`
}

const usualQber = ({ plannedNoise }: Receipt): string => (plannedNoise === 0 ? '0' : percent(plannedNoise / 2))

export const sMeans = ({ plannedNoise }: Receipt): string =>
  `How much more the halves agree than Bell allows: above 2, usually ${fixed(2 * Math.SQRT2 * (1 - plannedNoise), 2)}.`

/** Where a chance is too small to be written as a number at all. */
const LEAST_CHANCE = 1e-300

export function chanceWords(chance: number): { readonly below: boolean; readonly exponent: number } {
  const least = Math.max(chance, LEAST_CHANCE)
  return { below: chance < LEAST_CHANCE, exponent: Math.ceil(Math.log10(least)) }
}

export function eveWords(eve: Receipt['eve']): string {
  if (eve === null) return 'none'
  if (eve.kind === 'passive') return 'listened to the public channel'
  const what = eve.kind === 'ghz' ? 'entangled with hers' : 'measured and resent'
  return `${what}, at ${fixed(eve.angleDegrees, 1)}°, strength ${fixed(eve.strength, 2)}`
}

/** Of a run that no message of this side's shows: the peer's, which never arrived. */
export const peersRun = (peerName: string): string => `The pairs for a message from ${peer(peerName)}, not sent to you.`
