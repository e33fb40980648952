// The page in which the real link is tried: each experiment is a function that link.test.ts calls by name and whose
// plain answer it judges. The other side is a link of ours or, where it is hostile, a bare RTCPeerConnection.

import type { DownReason, LinkChannel, PeerLink } from '../../../src/network/peer-link.ts'
import { openSimplePeerLink } from '../../../src/network/simple-peer-link.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** A link with what it told so far, and promises for what it is going to tell. */
class Side {
  readonly frames: { readonly channel: LinkChannel; readonly bytes: Bytes }[] = []
  readonly up: Promise<void>
  readonly down: Promise<DownReason>
  readonly link: PeerLink
  onSignal: (bytes: Bytes) => void = () => {}
  onFrame: (channel: LinkChannel, bytes: Bytes) => void = () => {}

  constructor(initiator: boolean) {
    let isUp: () => void = () => {}
    let isDown: (reason: DownReason) => void = () => {}
    this.up = new Promise((resolve) => {
      isUp = resolve
    })
    this.down = new Promise((resolve) => {
      isDown = resolve
    })
    this.link = openSimplePeerLink(
      { initiator, iceServers: [] },
      {
        signal: (bytes) => this.onSignal(bytes),
        up: isUp,
        frame: (channel, bytes) => {
          this.frames.push({ channel, bytes })
          this.onFrame(channel, bytes)
        },
        down: isDown,
      },
    )
  }
}

function joinSides(a: Side, b: Side): void {
  a.onSignal = (bytes) => b.link.accept(bytes)
  b.onSignal = (bytes) => a.link.accept(bytes)
}

async function connectedPair(): Promise<readonly [Side, Side]> {
  const a = new Side(true)
  const b = new Side(false)
  joinSides(a, b)
  await Promise.all([a.up, b.up])
  return [a, b]
}

const encode = (value: unknown): Bytes => new TextEncoder().encode(JSON.stringify(value))
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const numbered = (number: number, length: number): Bytes => {
  const frame = new Uint8Array(length)
  new DataView(frame.buffer).setUint32(0, number)
  return frame
}
const numberOf = (bytes: Bytes): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)

async function until(condition: () => boolean, msMax = 10_000): Promise<boolean> {
  for (const endMs = performance.now() + msMax; performance.now() < endMs; await pause(10)) if (condition()) return true
  return condition()
}

/** A stranger's end: it speaks WebRTC by itself, and no rule of ours. */
class Stranger {
  readonly connection = new RTCPeerConnection({ iceServers: [] })
  readonly main = this.connection.createDataChannel('', { negotiated: true, id: 0 })
  readonly fibre = this.connection.createDataChannel('', { negotiated: true, id: 1, ordered: false, maxRetransmits: 0 })

  /** Meets a link that initiates. */
  async meet(side: Side): Promise<void> {
    this.connection.onicecandidate = ({ candidate }) => {
      if (candidate) side.link.accept(encode({ type: 'candidate', candidate: candidate.toJSON() }))
    }
    side.onSignal = (bytes) => void this.#hear(side, JSON.parse(new TextDecoder().decode(bytes)))
    await Promise.race([side.up, side.down])
  }

  async #hear(side: Side, signal: { type: RTCSdpType; sdp: string; candidate?: RTCIceCandidateInit }): Promise<void> {
    if (signal.candidate) return this.connection.addIceCandidate(signal.candidate)
    await this.connection.setRemoteDescription(signal)
    await this.connection.setLocalDescription()
    side.link.accept(encode({ type: 'answer', sdp: this.connection.localDescription?.sdp }))
  }
}

async function withStranger(): Promise<{ side: Side; stranger: Stranger }> {
  const side = new Side(true)
  const stranger = new Stranger()
  await stranger.meet(side)
  await until(() => stranger.main.readyState === 'open' && stranger.fibre.readyState === 'open')
  return { side, stranger }
}

const within = <T>(promise: Promise<T>, ms: number): Promise<T | 'nothing'> =>
  Promise.race([promise, pause(ms).then(() => 'nothing' as const)])

const experiments = {
  async connect() {
    const startMs = performance.now()
    const [a, b] = await connectedPair()
    a.link.send('main', numbered(7, 4))
    b.link.send('main', numbered(9, 4))
    await until(() => a.frames.length === 1 && b.frames.length === 1)
    return { ms: performance.now() - startMs, a: numberOf(a.frames[0]!.bytes), b: numberOf(b.frames[0]!.bytes) }
  },

  /** What is sent before the other side knows that the link is up must not be lost. */
  async early() {
    const a = new Side(true)
    const b = new Side(false)
    joinSides(a, b)
    a.link.send('main', numbered(1, 4))
    b.link.send('main', numbered(2, 4))
    const heardBeforeUp: boolean[] = []
    for (const side of [a, b]) {
      let isUp = false
      void side.up.then(() => {
        isUp = true
      })
      side.onFrame = () => queueMicrotask(() => heardBeforeUp.push(!isUp))
    }
    await until(() => heardBeforeUp.length === 2)
    return { frames: [a.frames.length, b.frames.length], heardBeforeUp }
  },

  async order(frames: number) {
    const [a, b] = await connectedPair()
    for (let i = 0; i < frames; i++) a.link.send('main', numbered(i, 4 + ((i * 37) % 16_380)))
    await until(() => b.frames.length === frames)
    return b.frames.every(({ bytes }, i) => numberOf(bytes) === i && bytes.length === 4 + ((i * 37) % 16_380))
  },

  async bulk(megabytes: number) {
    const [a, b] = await connectedPair()
    const frames = megabytes * 64
    let received = 0
    let inOrder = true
    b.onFrame = (_, bytes) => {
      inOrder &&= numberOf(bytes) === received++
      b.frames.length = 0
    }
    const startMs = performance.now()
    for (let i = 0; i < frames; i++) a.link.send('main', numbered(i, 16_384))
    await until(() => received === frames, 60_000)
    return { received, frames, inOrder, megabytesPerSecond: (megabytes * 1_000) / (performance.now() - startMs) }
  },

  async fibre(frames: number, length: number) {
    const [a, b] = await connectedPair()
    for (let i = 0; i < frames; i++) a.link.send('fibre', numbered(i, length))
    await until(() => b.frames.length === frames, 3_000)
    const whole = b.frames.every(({ channel, bytes }) => channel === 'fibre' && bytes.length === length)
    return { arrived: new Set(b.frames.map(({ bytes }) => numberOf(bytes))).size, whole }
  },

  /** A stranger's offer in mid-session, as a server could forge one. */
  async reoffer() {
    const [a, b] = await connectedPair()
    const stranger = new Stranger()
    await stranger.connection.setLocalDescription()
    const offer = { type: 'offer', sdp: stranger.connection.localDescription?.sdp }
    for (const side of [a, b]) {
      side.link.accept(encode(offer))
      side.link.accept(encode({ ...offer, type: 'answer' }))
      side.link.accept(encode({ type: 'renegotiate', renegotiate: true }))
      side.link.accept(encode({ type: 'transceiverRequest', transceiverRequest: { kind: 'audio' } }))
    }
    await pause(300)
    a.link.send('main', numbered(1, 4))
    b.link.send('main', numbered(2, 4))
    await until(() => a.frames.length === 1 && b.frames.length === 1)
    return { frames: [a.frames.length, b.frames.length], strangers: stranger.connection.connectionState }
  },

  /** Garbage before the good signals: the link connects all the same. */
  async malformed() {
    const a = new Side(true)
    const b = new Side(false)
    const garbage: unknown[] = [
      null,
      [],
      1,
      '',
      {},
      { type: 'offer' },
      { type: 'offer', sdp: 5 },
      { type: 'candidate' },
    ]
    garbage.push(
      { type: 'candidate', candidate: { candidate: 'x' } },
      { type: 'renegotiate' },
      JSON.parse('{"__proto__":1}'),
    )
    for (const side of [a, b]) {
      for (const value of garbage) side.link.accept(encode(value))
      for (const bytes of [new Uint8Array(0), Uint8Array.of(0xff), new Uint8Array(100_000)]) side.link.accept(bytes)
    }
    joinSides(a, b)
    await Promise.all([a.up, b.up])
    return true
  },

  /** Of the right shape, but no description: from the holder of the seal, so the link may end; nothing throws. */
  async badDescription() {
    const side = new Side(false)
    side.link.accept(encode({ type: 'offer', sdp: 'v=0\r\nnonsense' }))
    return within(side.down, 5_000)
  },

  async secondChannel() {
    const { side, stranger } = await withStranger()
    stranger.connection.createDataChannel('more')
    return within(side.down, 5_000)
  },

  async mediaTrack() {
    const side = new Side(false)
    const stranger = new Stranger()
    stranger.connection.addTransceiver('audio', { direction: 'sendrecv' })
    await stranger.connection.setLocalDescription()
    side.link.accept(encode({ type: 'offer', sdp: stranger.connection.localDescription?.sdp }))
    return within(side.down, 5_000)
  },

  async strangerSends(channel: 'main' | 'fibre', what: 'text' | number) {
    const { side, stranger } = await withStranger()
    if (what === 'text') stranger[channel].send('text')
    else stranger[channel].send(new Uint8Array(what))
    const reason = await within(side.down, 1_000)
    return { reason, lengths: side.frames.map(({ bytes }) => bytes.length) }
  },

  /** Everything sent before a hang-up arrives before it. */
  async hangUp(frames: number) {
    const [a, b] = await connectedPair()
    for (let i = 0; i < frames; i++) a.link.send('main', numbered(i, 16_000))
    a.link.close()
    const startMs = performance.now()
    const [mine, theirs] = await Promise.all([within(a.down, 5_000), within(b.down, 5_000)])
    return { mine, theirs, received: b.frames.length, ms: performance.now() - startMs }
  },

  /** A link that is gone takes frames and signals without a word. */
  async afterwards() {
    const [a, b] = await connectedPair()
    b.link.close()
    await a.down
    a.link.send('main', numbered(1, 4))
    a.link.send('fibre', numbered(1, 4))
    a.link.accept(encode({ type: 'offer', sdp: 'v=0' }))
    a.link.close()
    return true
  },

  async abandoned() {
    const side = new Side(true)
    side.link.close()
    return within(side.down, 1_000)
  },
}

export type Experiments = typeof experiments
Object.assign(globalThis, { experiments })
