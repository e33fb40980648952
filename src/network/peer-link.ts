// One connection to the other browser, as the rest of the app sees it. Frames are opaque: the page can't read them.

import type { Bytes } from '../lib/bytes.ts'

/** main: ordered and reliable, for control and for the public channel when it goes directly; fibre: neither. */
export type LinkChannel = 'main' | 'fibre'

/** A larger frame is hostile. */
export const LINK_FRAME_BYTES_MAX = 16_384

export type DownReason =
  /** We closed it. */
  | 'closed'
  /** The other side hung up, or the route broke. */
  | 'lost'
  /** The other side opened another channel or a media track. */
  | 'hostile-channel'
  /** A frame that is too large, or no bytes. */
  | 'hostile-frame'
  /** The browser refused to take more. */
  | 'send-failed'

export interface LinkEvents {
  /** For the other side, by way of the signaling server: the UTF-8 JSON of a description or a candidate. */
  signal(bytes: Bytes): void
  /** Both channels are open. */
  up(): void
  frame(channel: LinkChannel, bytes: Bytes): void
  /** The last event, once. */
  down(reason: DownReason): void
}

export interface PeerLink {
  /** A signal from the other side. Ignored once the link is up, and when it is none: never throws. */
  accept(signal: Bytes): void
  /** Takes a frame and sends it when its turn comes. Light that the fibre can't take is lost. */
  send(channel: LinkChannel, frame: Bytes): void
  /** Hangs up when all that was sent on `main` is out. */
  close(): void
}

export interface LinkOptions {
  readonly initiator: boolean
  readonly iceServers: readonly RTCIceServer[]
}

export type OpenLink = (options: LinkOptions, events: LinkEvents) => PeerLink
