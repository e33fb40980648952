// The peer connections of a world. An end is opened by a conversation, describes itself, and stands once each end has
// the other's true description. Control and public frames are ordered and whole while a link is up, the fibre loses,
// repeats and overtakes. A link can die at any moment; its two ends notice by and by.

import type { Bytes } from '../lib/bytes.ts'
import { decodeText, encodeText } from '../lib/text.ts'
import type { QubitBatch } from '../quantum/qubit-batch.ts'
import type { FibreFrame } from '../wire/fibre.ts'
import type { Clock } from './clock.ts'
import type { Dice } from './dice.ts'
import type { Meddler } from './eve.ts'
import { Pipe } from './pipe.ts'
import type { Deliver, SideIndex } from './port.ts'

interface End {
  readonly side: SideIndex
  readonly link: string
  readonly initiator: boolean
  readonly fingerprint: string
  /** Carries what this end sends. */
  readonly out: Pipe
  remote: string | null
  partner: End | null
  upAtMs: number
  /** By its own side, or told so. */
  closed: boolean
  /** The wire is cut: nothing that is sent arrives. */
  dead: boolean
}

export interface FibreConditions {
  /** Chance that a frame is lost, that it comes twice. */
  lost: number
  repeated: number
  /** Mean extra delay of a frame: those behind overtake it. */
  jitterMs: number
}

export interface LinkOptions {
  readonly delayMs: () => number
  readonly fibre: FibreConditions
}

export class Links {
  readonly #clock: Clock
  readonly #dice: Dice
  readonly #options: LinkOptions
  readonly #deliver: Deliver
  readonly #eve: Meddler
  #ends: End[] = []
  /** While true no new link comes to stand: no way through the firewalls. */
  blocked = false

  constructor(clock: Clock, dice: Dice, options: LinkOptions, deliver: Deliver, eve: Meddler) {
    this.#clock = clock
    this.#dice = dice
    this.#options = options
    this.#deliver = deliver
    this.#eve = eve
  }

  /** Ends that are not closed; a bound on what a conversation leaves open. */
  openEnds(side: SideIndex): number {
    return this.#ends.filter((end) => end.side === side && !end.closed).length
  }

  open(side: SideIndex, link: string, initiator: boolean): void {
    const out = new Pipe(this.#clock, this.#options.delayMs)
    const fingerprint = drawFingerprint(this.#dice)
    const end: End = {
      ...{ side, link, initiator, fingerprint, out, remote: null, partner: null },
      ...{ upAtMs: 0, closed: false, dead: false },
    }
    this.#ends = [...this.#ends.filter((other) => !other.closed), end]
    if (initiator) this.#describe(end, 'offer')
  }

  /** A signal of the other side for this end; what is none, or comes twice, is ignored as simple-peer's gate does. */
  accept(side: SideIndex, link: string, bytes: Bytes): void {
    const end = this.#find(side, link)
    const description = readDescription(bytes)
    if (end === null || description === null || end.remote !== null) return
    if (description.type !== (end.initiator ? 'answer' : 'offer')) return
    end.remote = description.fingerprint
    if (end.initiator) this.#tryStand(end)
    else this.#describe(end, 'answer')
  }

  send(side: SideIndex, link: string, bytes: Bytes): void {
    const end = this.#find(side, link)
    const partner = end?.partner
    if (!end || !partner || end.dead) return
    for (const passed of this.#eve.onLink(bytes, side)) {
      const copy = passed.slice()
      end.out.send(() => {
        if (partner.closed) return
        this.#deliver(partner.side, { type: 'frame', path: { via: 'link', link: partner.link }, bytes: copy })
      })
    }
  }

  fibre(side: SideIndex, link: string, frame: FibreFrame): void {
    const end = this.#find(side, link)
    const partner = end?.partner
    if (!end || !partner || end.dead) return
    if (this.#dice.chance(this.#options.fibre.lost)) return
    for (const passed of this.#eve.onFibre(frame)) {
      const copies = this.#dice.chance(this.#options.fibre.repeated) ? 2 : 1
      for (let copy = 0; copy < copies; copy++) this.#flyQubits(end, partner, passed)
    }
  }

  /** One frame on its way, overtaking and overtaken. */
  #flyQubits(end: End, partner: End, frame: FibreFrame): void {
    const { jitterMs } = this.#options.fibre
    const delayMs = this.#options.delayMs() + (jitterMs > 0 ? this.#dice.waitMs(jitterMs) : 0)
    const copy = { ...frame, qubits: copyBatch(frame.qubits) }
    this.#clock.at(Math.max(partner.upAtMs, this.#clock.nowMs + delayMs), () => {
      if (partner.closed || end.dead) return
      this.#deliver(partner.side, { type: 'fibre', link: partner.link, frame: copy })
    })
  }

  /** A side closes its end: the other is told, after what was sent or, as it happens, instead of it. */
  close(side: SideIndex, link: string): void {
    const end = this.#find(side, link)
    if (end === null) return
    end.closed = true
    const { partner } = end
    if (partner === null || end.dead) return
    if (this.#dice.chance(0.5)) end.out.send(() => this.#tellDown(partner))
    else {
      end.out.cut()
      this.#clock.after(this.#dice.waitMs(300), () => this.#tellDown(partner))
    }
  }

  /** The page of a side is gone, and all its ends; the others notice soon or, by their silence, late. */
  dropSide(side: SideIndex): void {
    for (const end of this.#ends.filter((candidate) => candidate.side === side && !candidate.closed)) {
      end.closed = true
      end.dead = true
      end.out.cut()
      const { partner } = end
      if (partner !== null) this.#clock.after(this.#dice.pick([1, 200, 5_000, 30_000]), () => this.#tellDown(partner))
    }
  }

  /** The cable is cut: from now on nothing arrives, and each end is told after a while of its own. */
  breakAll(noticedMs: number): void {
    for (const end of this.#ends.filter(({ closed, dead, partner }) => !closed && !dead && partner !== null)) {
      end.dead = true
      end.out.cut()
      this.#clock.after(this.#dice.between(0, noticedMs), () => this.#tellDown(end))
    }
  }

  /** Holds back what is under way and what follows, in both directions. */
  stall(untilMs: number): void {
    for (const end of this.#ends) end.out.stall(untilMs)
  }

  #find(side: SideIndex, link: string): End | null {
    return this.#ends.find((end) => end.side === side && end.link === link && !end.closed) ?? null
  }

  #describe(end: End, type: 'offer' | 'answer'): void {
    const description = JSON.stringify({ type, sdp: `v=0\r\na=fingerprint:sha-256 ${end.fingerprint}\r\n` })
    const candidate = JSON.stringify({ type: 'candidate', candidate: { candidate: `candidate:${end.link}` } })
    this.#clock.after(this.#dice.waitMs(20), () => {
      this.#tell(end, description)
      if (this.#dice.chance(0.5)) this.#clock.after(this.#dice.waitMs(20), () => this.#tell(end, candidate))
    })
  }

  #tell(end: End, signal: string): void {
    if (!end.closed) this.#deliver(end.side, { type: 'description', link: end.link, bytes: encodeText(signal) })
  }

  /** Both ends stand once each has the true fingerprint of the other. */
  #tryStand(end: End): void {
    const belongs = (other: End): boolean =>
      other.side !== end.side && !other.closed && other.fingerprint === end.remote && other.remote === end.fingerprint
    const partner = this.#ends.find(belongs)
    if (partner === undefined || this.blocked) return
    end.partner = partner
    partner.partner = end
    for (const one of [end, partner]) {
      one.upAtMs = this.#clock.nowMs + this.#options.delayMs() + this.#dice.waitMs(40)
      one.partner?.out.stall(one.upAtMs) // a channel's frames come after its `open`
      this.#clock.at(one.upAtMs, () => {
        if (!one.closed && !one.dead) this.#deliver(one.side, { type: 'linkUp', link: one.link })
      })
    }
  }

  #tellDown(end: End): void {
    if (end.closed) return
    end.closed = true
    end.dead = true
    end.out.cut()
    this.#deliver(end.side, { type: 'linkDown', link: end.link })
  }
}

function drawFingerprint(dice: Dice): string {
  const bytes = new Uint8Array(32)
  dice.fill(bytes)
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':')
}

function readDescription(bytes: Bytes): { readonly type: string; readonly fingerprint: string } | null {
  const text = decodeText(bytes) ?? ''
  const type = /^\{"type":"(offer|answer)"/.exec(text)?.[1]
  const fingerprint = /a=fingerprint:sha-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})/.exec(text)?.[1]
  return type === undefined || fingerprint === undefined ? null : { type, fingerprint }
}

const copyBatch = ({ codebook, indices }: QubitBatch): QubitBatch => ({
  codebook: codebook.slice(),
  indices: indices.slice(),
})
