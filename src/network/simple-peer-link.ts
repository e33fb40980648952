// A link over simple-peer (https://github.com/feross/simple-peer), with a second channel beside the one that it knows.
// Both channels are negotiated by number, so a `datachannel` event can only be hostile. Nothing here authenticates the
// other side: the protocol binds the connection by both certificates' fingerprints.

import Peer from 'simple-peer'
import { assert } from '../lib/assert.ts'
import type { Bytes } from '../lib/bytes.ts'
import {
  type DownReason,
  LINK_FRAME_BYTES_MAX,
  type LinkChannel,
  type LinkEvents,
  type LinkOptions,
  type OpenLink,
  type PeerLink,
} from './peer-link.ts'
import { type QueueLimits, SendQueue } from './send-queue.ts'
import { SignalGate } from './signal-gate.ts'

const MAIN_ID = 0
const FIBRE_ID = 1
const MAIN_LIMITS: QueueLimits = { lowBytes: 256 * 1024, highBytes: 1024 * 1024, waitingBytesMax: 64 * 2 ** 20 }
// Chromium itself drops unretransmitted frames when 1 MB is buffered, none at 256 kB.
const FIBRE_LIMITS: QueueLimits = { lowBytes: 128 * 1024, highBytes: 256 * 1024, waitingBytesMax: 16 * 2 ** 20 }
const EARLY_FRAMES_MAX = 256
/** A hang-up that the other side doesn't answer is none of ours any more. */
const HANG_UP_MS_MAX = 2_000

export const openSimplePeerLink: OpenLink = (options, events) => new SimplePeerLink(options, events)

class SimplePeerLink implements PeerLink {
  readonly #events: LinkEvents
  readonly #gate: SignalGate
  readonly #peer: Peer
  readonly #channels: Readonly<Record<LinkChannel, RTCDataChannel>> | null
  readonly #queues: Readonly<Record<LinkChannel, SendQueue>> | null
  /** What the other side sent before this side knew that the link is up. */
  #early: { readonly channel: LinkChannel; readonly bytes: Bytes }[] = []
  #connected = false
  #state: 'opening' | 'up' | 'closing' | 'down' = 'opening'

  constructor({ initiator, iceServers }: LinkOptions, events: LinkEvents) {
    this.#events = events
    this.#gate = new SignalGate(initiator)
    const { wrtc, kept } = keepConnection()
    this.#peer = new Peer({
      initiator,
      objectMode: true,
      channelConfig: { negotiated: true, id: MAIN_ID },
      config: { iceServers: [...iceServers] },
      wrtc,
    })
    // Without a connection the browser refused to make one, and simple-peer is about to say so by `close`.
    this.#channels = kept.connection && kept.main ? this.#openChannels(kept.connection, kept.main) : null
    this.#queues = this.#channels && this.#makeQueues(this.#channels)
    this.#listen()
  }

  accept(bytes: Bytes): void {
    const signal = this.#gate.pass(bytes)
    if (signal === null || this.#state !== 'opening') return
    try {
      this.#peer.signal(signal)
    } catch {
      this.#end('lost')
    }
  }

  send(channel: LinkChannel, frame: Bytes): void {
    assert(
      frame.length > 0 && frame.length <= LINK_FRAME_BYTES_MAX,
      `a frame of 1 to ${LINK_FRAME_BYTES_MAX} bytes, got ${frame.length}`,
    )
    if (this.#state !== 'opening' && this.#state !== 'up') return
    const taken = this.#queues?.[channel].push(frame) ?? false
    if (!taken && channel === 'main') this.#end('send-failed')
  }

  close(): void {
    if (this.#state === 'opening') return this.#end('closed')
    if (this.#state !== 'up') return
    this.#state = 'closing'
    this.#queues?.fibre.clear()
    // Closing a channel delivers what is in its buffer first; the peer's simple-peer then hangs up by itself.
    this.#queues?.main.whenEmpty(() => this.#channels?.main.close())
    setTimeout(() => this.#end('closed'), HANG_UP_MS_MAX)
  }

  #openChannels(connection: RTCPeerConnection, main: RTCDataChannel): Record<LinkChannel, RTCDataChannel> {
    const hostile = (): void => this.#end('hostile-channel')
    connection.addEventListener('datachannel', hostile)
    connection.addEventListener('track', hostile)
    const fibre = connection.createDataChannel('', {
      negotiated: true,
      id: FIBRE_ID,
      ordered: false,
      maxRetransmits: 0,
    })
    fibre.binaryType = 'arraybuffer'
    fibre.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      this.#onFrame('fibre', data instanceof ArrayBuffer ? new Uint8Array(data) : null)
    })
    fibre.addEventListener('open', () => this.#upWhenReady())
    fibre.addEventListener('close', () => this.#hungUp())
    return { main, fibre }
  }

  #makeQueues({ main, fibre }: Readonly<Record<LinkChannel, RTCDataChannel>>): Record<LinkChannel, SendQueue> {
    return {
      main: new SendQueue(main, MAIN_LIMITS, (frame) => this.#put(() => this.#peer.send(frame))),
      fibre: new SendQueue(fibre, FIBRE_LIMITS, (frame) => this.#put(() => fibre.send(frame))),
    }
  }

  /** `send` throws when the channel has just closed or its buffer is full. */
  #put(send: () => void): void {
    try {
      send()
    } catch {
      this.#end('send-failed')
    }
  }

  #listen(): void {
    const peer = this.#peer
    peer.on('signal', (signal) => {
      if (this.#state === 'opening') this.#events.signal(new TextEncoder().encode(JSON.stringify(signal)))
    })
    // Before `connect`: what the other side says first must not be lost.
    peer.on('data', (data) => this.#onFrame('main', typeof data === 'string' ? null : plainBytes(data)))
    peer.on('connect', () => {
      this.#connected = true
      this.#upWhenReady()
    })
    // A clean hang-up comes as an error too; `close` follows every error.
    peer.on('error', () => {})
    peer.on('close', () => this.#hungUp())
  }

  #upWhenReady(): void {
    if (this.#state !== 'opening' || !this.#connected || this.#channels?.fibre.readyState !== 'open') return
    this.#state = 'up'
    this.#gate.seal()
    this.#events.up()
    for (const { channel, bytes } of this.#early) this.#onFrame(channel, bytes)
    this.#early = []
    this.#queues?.main.open()
    this.#queues?.fibre.open()
  }

  #onFrame(channel: LinkChannel, bytes: Bytes | null): void {
    if (this.#state !== 'opening' && this.#state !== 'up') return
    if (bytes === null || bytes.length > LINK_FRAME_BYTES_MAX) return this.#end('hostile-frame')
    if (bytes.length === 0) return
    if (this.#state === 'up') this.#events.frame(channel, bytes)
    else if (this.#early.length < EARLY_FRAMES_MAX) this.#early.push({ channel, bytes })
    else this.#end('hostile-frame')
  }

  #hungUp(): void {
    this.#end(this.#state === 'closing' ? 'closed' : 'lost')
  }

  #end(reason: DownReason): void {
    if (this.#state === 'down') return
    this.#state = 'down'
    this.#gate.seal()
    this.#queues?.main.clear()
    this.#queues?.fibre.clear()
    this.#early = []
    this.#peer.destroy()
    this.#events.down(reason)
  }
}

interface Kept {
  connection: RTCPeerConnection | null
  /** The first channel made: simple-peer's. */
  main: RTCDataChannel | null
}

/** A `wrtc` for simple-peer whose connection can be got hold of, by public means. */
function keepConnection() {
  const kept: Kept = { connection: null, main: null }
  class KeptConnection extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      kept.connection = this
    }

    override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
      const channel = super.createDataChannel(label, init)
      kept.main ??= channel
      return channel
    }
  }
  return { kept, wrtc: { RTCPeerConnection: KeptConnection, RTCSessionDescription, RTCIceCandidate } }
}

/** simple-peer gives its own Buffer over the whole message; only a plain Uint8Array keeps its type across a port. */
function plainBytes(data: Uint8Array): Bytes {
  assert(data.buffer instanceof ArrayBuffer, 'a message of its own memory')
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}
