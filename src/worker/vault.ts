// The vault: all conversations of this tab, their keys and their disk. What the page asks of it comes in here; what
// streams comes by the port. Nothing but plain values leaves it, and no key among them.

import type { Bytes } from '../lib/bytes.ts'
import { toHex } from '../lib/bytes.ts'
import { type RandomSource, randomBytes } from '../lib/random.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { encodeText } from '../lib/text.ts'
import { type Invite, parseInvite } from '../pairing/invite.ts'
import { roomId } from '../pairing/keys.ts'
import { Conversation } from '../protocol/conversation.ts'
import type { CommitFailure, Stored } from '../protocol/disk.ts'
import { inviteChat, joinInvite, type NewPairing, unusedInvite } from '../protocol/new-pairing.ts'
import type { OwnEve } from '../protocol/receipt.ts'
import type { PairingRecord, RoomMode } from '../protocol/records.ts'
import { hasMadeInvite } from '../storage/invite-owner.ts'
import type { StorageEvents, StorageFailure } from '../storage/open-disk.ts'
import {
  type FromPage,
  type InviteFault,
  type Opened,
  TEXT_BYTES_MAX,
  type ToPage,
  type Vault,
  type VaultConfig,
  type WriteFault,
} from './api.ts'
import type { MakeEavesdropper } from './eve-seat.ts'
import { whereOf } from './faults.ts'
import { type Keep, MemoryKeep } from './keep.ts'
import { Runner } from './runner.ts'

export interface VaultParts {
  readonly openKeep: (database: string, on: StorageEvents) => Promise<Result<Keep, StorageFailure>>
  readonly random: RandomSource
}

export class LocalVault implements Vault {
  readonly #parts: VaultParts
  readonly #runners = new Map<string, Runner>()
  readonly #left = new Set<string>()
  /** The pairings that an invite led to, by the room of the invite: known when the invite is spent, too. */
  readonly #invites = new Map<string, { readonly conversation: string; readonly role: PairingRecord['role'] }>()
  #keep: Keep = new MemoryKeep()
  #config: Omit<VaultConfig, 'database'> = { mode: 'efficient', publicChannel: 'relay', visibility: 1, eve: null }
  /** Who was asked for last, and how she is made once her code is here. */
  #eve: OwnEve | null = null
  #makeEve: MakeEavesdropper | null = null
  #port: MessagePort | null = null

  constructor(parts: VaultParts) {
    this.#parts = parts
  }

  async isInviteOf(fragment: string, databases: readonly string[]): Promise<boolean | null> {
    const invite = parseInvite(fragment)
    if (!invite.ok) return null
    const room = roomId(invite.value.bytes.subarray(0, 32))
    const answers = await Promise.all(databases.map((database) => hasMadeInvite(database, room)))
    return answers.includes(true)
  }

  async open({ database, ...config }: VaultConfig, port: MessagePort): Promise<Opened> {
    this.#config = config
    this.#port = port
    const opened = await this.#parts.openKeep(database, {
      closed: (reason) => this.#emit([{ conversation: '', type: 'storage', fault: reason }]),
      damaged: () => this.#emit([{ conversation: '', type: 'storage', fault: 'damaged' }]),
    })
    if (opened.ok) this.#keep = opened.value
    port.onmessage = ({ data }: MessageEvent<readonly FromPage[]>) => {
      for (const event of data) this.#runners.get(event.conversation)?.fromPage(event)
    }
    await this.setEve(config.eve)
    const invites = new Map<string, string>()
    const conversations = await this.#keep.conversations()
    for (const conversation of conversations) {
      const stored = await this.#keep.load(conversation)
      if (stored === null) continue
      const invite = unusedInvite(stored)
      if (invite !== null) invites.set(conversation, invite)
      this.#begin(stored)
    }
    const texts = await this.#keep.texts()
    return { storage: opened.ok ? 'kept' : opened.reason, conversations, texts, invites }
  }

  async newChat(
    name: string,
    mode: RoomMode,
  ): Promise<Result<{ conversation: string; fragment: string }, CommitFailure>> {
    const made = inviteChat({ name, mode, random: this.#parts.random, nowMs: Date.now() })
    const stored = await this.#store(made)
    return stored.ok ? ok({ ...stored.value, fragment: made.fragment }) : stored
  }

  async inspectInvite(fragment: string): Promise<Result<{ mode: RoomMode }, InviteFault>> {
    const invite = parseInvite(fragment)
    if (!invite.ok) return invite
    return this.#knownAs(invite.value)?.role === 'inviter' ? fail('invite-own') : ok({ mode: invite.value.mode })
  }

  async join(fragment: string, name: string): Promise<Result<{ conversation: string }, InviteFault | CommitFailure>> {
    const invite = parseInvite(fragment)
    if (!invite.ok) return invite
    const known = this.#knownAs(invite.value)
    // A second click joins once.
    if (known !== undefined)
      return known.role === 'inviter' ? fail('invite-own') : ok({ conversation: known.conversation })
    const made = joinInvite({ fragment, name, random: this.#parts.random, nowMs: Date.now() })
    return made.ok ? this.#store(made.value) : made
  }

  async write(conversation: string, text: string): Promise<Result<{ id: string }, WriteFault>> {
    const runner = this.#runners.get(conversation)
    if (runner === undefined) return fail('closed')
    if (text.trim() === '') return fail('empty')
    // A code unit is at least one byte, so a text this long need not be encoded to be refused.
    if (text.length > TEXT_BYTES_MAX || encodeText(text).length > TEXT_BYTES_MAX) return fail('too-long')
    return runner.write(toHex(randomBytes(this.#parts.random, 16)), text)
  }

  async retry(conversation: string, id: string): Promise<void> {
    this.#runners.get(conversation)?.retry(id)
  }

  async cancel(conversation: string, id: string): Promise<void> {
    this.#runners.get(conversation)?.cancel(id)
  }

  async leave(conversation: string): Promise<void> {
    const runner = this.#runners.get(conversation)
    this.#runners.delete(conversation)
    this.#left.add(conversation)
    await runner?.leave()
    this.#emit([{ conversation, type: 'left' }])
    await this.#keep.forget(conversation)
  }

  async saveText(of: string, text: string): Promise<void> {
    // What was typed a moment before the chat was deleted.
    if (this.#left.has(of)) return
    await this.#keep.saveText(of, text)
  }

  async close(): Promise<void> {
    const runners = [...this.#runners.values()]
    this.#runners.clear()
    await Promise.all(runners.map((runner) => runner.leave()))
    await this.#keep.close()
  }

  async setEve(eve: OwnEve | null): Promise<void> {
    this.#eve = eve
    const makeEve = eve === null ? null : await loadEve(eve, this.#parts.random)
    // Somebody else was asked for meanwhile, or nobody.
    if (this.#eve !== eve) return
    this.#makeEve = makeEve
    for (const runner of this.#runners.values()) runner.letIn(makeEve)
  }

  async cost(conversation: string, textBytes: number): Promise<number> {
    return this.#runners.get(conversation)?.cost(textBytes) ?? 0
  }

  /** Says on the port that a fault of ours ended a conversation, or with '' all of them. */
  broke(conversation: string, error: unknown): void {
    this.#emit([{ conversation, type: 'ended', where: whereOf(error) }])
  }

  /** The pairing lies on the disk before anything of it is said. */
  async #store({ stored, changes }: NewPairing): Promise<Result<{ conversation: string }, CommitFailure>> {
    const { conversation } = stored.pairing
    this.#remember(stored.pairing)
    try {
      await this.#keep.commit(conversation, changes)
    } catch (error) {
      const reason = error instanceof Error ? error.message : ''
      return fail(reason === 'full' || reason === 'denied' ? reason : 'closed')
    }
    this.#begin(stored)
    return ok({ conversation })
  }

  #begin(stored: Stored): void {
    const { conversation: id } = stored.pairing
    this.#remember(stored.pairing)
    const { random } = this.#parts
    const { eve: _, ...config } = this.#config
    const runner: Runner = new Runner({
      id,
      conversation: new Conversation({ stored, random, ...config, eve: (session) => runner.eve.during(session) }),
      disk: this.#keep,
      random,
      emit: (events) => this.#emit(events),
      broke: (error) => this.broke(id, error),
    })
    runner.letIn(this.#makeEve)
    this.#runners.set(id, runner)
    runner.start()
  }

  #remember({ inviteRoom, conversation, role }: PairingRecord): void {
    this.#invites.set(inviteRoom, { conversation, role })
  }

  #knownAs(invite: Invite) {
    return this.#invites.get(roomId(invite.bytes.subarray(0, 32)))
  }

  #emit(events: readonly ToPage[]): void {
    this.#port?.postMessage(events, buffersOf(events))
  }
}

/** Her code is not part of the first load: most tabs never have her. */
async function loadEve(eve: OwnEve, random: RandomSource): Promise<MakeEavesdropper> {
  const { makeEavesdropper } = await import('./eavesdropper.ts')
  return makeEavesdropper(eve, random)
}

/** The buffers to hand over: each once, and only those that hold nothing but the event's own bytes. */
function buffersOf(events: readonly ToPage[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  for (const event of events) if ('bytes' in event && isWhole(event.bytes)) buffers.add(event.bytes.buffer)
  return [...buffers]
}

const isWhole = (bytes: Bytes): boolean => bytes.byteLength === bytes.buffer.byteLength
