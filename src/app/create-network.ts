// Carries out what the vault asks of the network, and tells it what came. It joins links and rooms to conversations;
// the bytes that pass through here are sealed or public, and nothing here looks into them.

import { assertNever } from '../lib/assert.ts'
import type { Bytes } from '../lib/bytes.ts'
import type { GetIceServers } from '../network/ice-servers.ts'
import type { LinkChannel, OpenLink, PeerLink } from '../network/peer-link.ts'
import type { OpenRoom, Room, RoomOptions } from '../network/room.ts'
import type { FromPage, NetworkCommand } from '../worker/api.ts'

export interface NetworkParts {
  readonly openLink: OpenLink
  readonly openRoom: OpenRoom
  readonly iceServers: GetIceServers
}

export interface NetworkEvents {
  tell(event: FromPage): void
  /** Whether the signaling server is out of reach for this conversation. */
  serverAway(conversation: string, away: boolean): void
}

export interface Network {
  carryOut(conversation: string, command: NetworkCommand): void
  /** Hangs up and leaves all rooms of a conversation. */
  leave(conversation: string): void
  /** The page ends, or the vault has: says goodbye where it still can, and leaves. */
  leaveAll(): void
}

export function createNetwork(parts: NetworkParts, events: NetworkEvents): Network {
  const conversations = new Map<string, ConversationNetwork>()
  const leave = (conversation: string): void => {
    conversations.get(conversation)?.leave()
    conversations.delete(conversation)
  }
  return {
    carryOut(conversation, command) {
      const known = conversations.get(conversation) ?? new ConversationNetwork(conversation, parts, events)
      conversations.set(conversation, known)
      known.carryOut(command)
    },
    leave,
    leaveAll() {
      for (const [conversation, network] of [...conversations]) {
        network.sayGoodbye()
        leave(conversation)
      }
    },
  }
}

type Wanted = Omit<Extract<NetworkCommand, { type: 'rooms' }>, 'type'>

/** A link whose ICE servers are still asked for: what it is to hear waits. */
type Pending = { readonly signals: Bytes[] }

class ConversationNetwork {
  readonly #conversation: string
  readonly #parts: NetworkParts
  readonly #events: NetworkEvents
  readonly #rooms = new Map<string, Room>()
  readonly #awayRooms = new Set<string>()
  readonly #links = new Map<string, PeerLink | Pending>()
  readonly #farewells = new Map<string, Bytes>()

  constructor(conversation: string, parts: NetworkParts, events: NetworkEvents) {
    this.#conversation = conversation
    this.#parts = parts
    this.#events = events
    // Asked for now, known when the other side comes.
    void parts.iceServers()
  }

  carryOut(command: NetworkCommand): void {
    switch (command.type) {
      case 'rooms':
        return this.#setRooms(command)
      case 'signal':
        return this.#rooms.get(command.room)?.send('signal', command.bytes)
      case 'openLink':
        void this.#openLink(command.link, command.initiator)
        return
      case 'acceptSignal':
        return this.#acceptSignal(command.link, command.bytes)
      case 'closeLink':
        return this.#closeLink(command.link)
      case 'farewell':
        this.#farewells.set(command.link, command.bytes)
        return
      case 'frame':
        if (command.path.via === 'relay') return this.#rooms.get(command.path.room)?.send('public', command.bytes)
        return this.#sendLink(command.path.link, 'main', command.bytes)
      case 'fibre':
        return this.#sendLink(command.link, 'fibre', command.bytes)
      default:
        return assertNever(command)
    }
  }

  sayGoodbye(): void {
    for (const [link, bytes] of this.#farewells) this.#sendLink(link, 'main', bytes)
  }

  leave(): void {
    this.#setRooms({ rooms: [], side: '', mode: 'private' })
    for (const link of [...this.#links.keys()]) this.#closeLink(link)
  }

  #setRooms({ rooms, side, mode }: Wanted): void {
    for (const [name, room] of this.#rooms) {
      if (rooms.includes(name)) continue
      room.leave()
      this.#rooms.delete(name)
      this.#setAway(name, false)
    }
    for (const name of rooms)
      if (!this.#rooms.has(name)) this.#rooms.set(name, this.#join({ room: name, side, lab: mode === 'lab' }))
  }

  #join(options: RoomOptions): Room {
    const conversation = this.#conversation
    const { room } = options
    return this.#parts.openRoom(options, {
      state: (joined, peer) => this.#tell({ type: 'room', conversation, room, joined, peer }),
      refused: (reason) =>
        this.#tell({ type: 'roomRefused', conversation, room, reason: reason === 'room-full' ? reason : 'other' }),
      frame: (kind, bytes) => {
        if (kind === 'signal') this.#tell({ type: 'signal', conversation, room, bytes })
        else this.#tell({ type: 'frame', conversation, path: { via: 'relay', room }, bytes })
      },
      away: (away) => this.#setAway(room, away),
    })
  }

  #setAway(room: string, away: boolean): void {
    const before = this.#awayRooms.size > 0
    if (away) this.#awayRooms.add(room)
    else this.#awayRooms.delete(room)
    const after = this.#awayRooms.size > 0
    if (after !== before) this.#events.serverAway(this.#conversation, after)
  }

  async #openLink(link: string, initiator: boolean): Promise<void> {
    const pending: Pending = { signals: [] }
    this.#links.set(link, pending)
    const iceServers = await this.#parts.iceServers()
    // Closed while it waited.
    if (this.#links.get(link) !== pending) return
    const conversation = this.#conversation
    const opened = this.#parts.openLink(
      { initiator, iceServers },
      {
        signal: (bytes) => this.#tell({ type: 'description', conversation, link, bytes }),
        up: () => this.#tell({ type: 'linkUp', conversation, link }),
        frame: (channel, bytes) => {
          if (channel === 'fibre') this.#tell({ type: 'fibre', conversation, link, bytes })
          else this.#tell({ type: 'frame', conversation, path: { via: 'link', link }, bytes })
        },
        down: () => {
          this.#links.delete(link)
          this.#farewells.delete(link)
          this.#tell({ type: 'linkDown', conversation, link })
        },
      },
    )
    this.#links.set(link, opened)
    for (const bytes of pending.signals) opened.accept(bytes)
  }

  #acceptSignal(link: string, bytes: Bytes): void {
    const known = this.#links.get(link)
    if (known === undefined) return
    if ('signals' in known) known.signals.push(bytes)
    else known.accept(bytes)
  }

  #sendLink(link: string, channel: LinkChannel, bytes: Bytes): void {
    const known = this.#links.get(link)
    if (known !== undefined && !('signals' in known)) known.send(channel, bytes)
  }

  #closeLink(link: string): void {
    const known = this.#links.get(link)
    this.#links.delete(link)
    this.#farewells.delete(link)
    if (known !== undefined && !('signals' in known)) known.close()
  }

  #tell(event: FromPage): void {
    this.#events.tell(event)
  }
}
