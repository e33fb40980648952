// The messages of a conversation: what waits to be sent, in which order all of them are shown.
//
// Order: by (number, side id), the same on both sides. A message of one's own that has no number yet stands last, in
// written order; a refused one stays where it was written.

import type { ShownMessage } from './events.ts'
import type { PairingRecord, StoredMessage } from './records.ts'

/** The message whose turn it is: one already sent but not confirmed before others, else the oldest written. */
export function nextToSend(messages: readonly StoredMessage[]): StoredMessage | null {
  let next: StoredMessage | null = null
  for (const message of messages) {
    if (message.from !== 'me' || (message.state !== 'queued' && message.state !== 'sent')) continue
    if (next === null || earlier(message, next)) next = message
  }
  return next
}

function earlier(a: StoredMessage, b: StoredMessage): boolean {
  return a.state === b.state ? a.written < b.written : a.state === 'sent'
}

/** One more than the highest written so far. */
export const nextWritten = (messages: readonly StoredMessage[]): number =>
  messages.reduce((highest, message) => Math.max(highest, message.written), 0) + 1

export function shown(
  message: StoredMessage,
  pairing: PairingRecord,
  live: Pick<ShownMessage, 'shortByChance'> & { readonly distilling: boolean },
): ShownMessage {
  const state = live.distilling && message.state === 'queued' ? 'distilling' : message.state
  return { ...message, state, order: orderOf(message, pairing), shortByChance: live.shortByChance }
}

const digits = (value: number): string => value.toString().padStart(12, '0')

function orderOf(message: StoredMessage, pairing: PairingRecord): string {
  if (message.number !== null) {
    const side = message.from === 'me' ? pairing.sideId : (pairing.peerSideId ?? '')
    return `${digits(message.number)}:${side}:${digits(message.written)}`
  }
  // ~ sorts behind all side ids of that number, before the next number.
  if (message.state === 'refused') return `${digits(message.writtenAfter)}:~:${digits(message.written)}`
  return `~:${digits(message.written)}`
}
