// A message as it is shown, and its place in the conversation.
//
// Order: by (number, side id), the same on both sides. A message of one's own that has no number yet stands last, in
// written order; a refused one stays where it was written.

import type { ShownMessage } from './events.ts'
import type { PairingRecord, StoredMessage } from './records.ts'

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
