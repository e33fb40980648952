import { afterEach, describe, expect, it } from 'vitest'
import { type Bytes, toHex } from '../lib/bytes.ts'
import { randomBytes, SeededRandom } from '../lib/random.ts'
import { ok } from '../lib/result.ts'
import { parseInvite } from '../pairing/invite.ts'
import { encodeMessage } from '../protocol/messages.ts'
import type { OwnEve } from '../protocol/receipt.ts'
import { TwoSessions } from '../protocol/testing/two-sessions.ts'
import { FrameSealer } from '../wire/frames.ts'
import type { FromPage, ToPage } from './api.ts'
import { whereOf } from './faults.ts'
import { MemoryKeep } from './keep.ts'
import { LocalVault } from './vault.ts'

const ports: MessagePort[] = []

afterEach(() => {
  for (const port of ports.splice(0)) port.close()
})

async function openVault(seed: string, disk = new MemoryKeep(), eve: OwnEve | null = null) {
  const vault = new LocalVault({ openKeep: async () => ok(disk), random: new SeededRandom(seed) })
  const { port1, port2 } = new MessageChannel()
  const events: ToPage[] = []
  port1.onmessage = ({ data }: MessageEvent<readonly ToPage[]>) => events.push(...data)
  ports.push(port1, port2)
  await vault.open({ database: 'd', mode: 'efficient', publicChannel: 'relay', visibility: 1, eve }, port2)
  const tell = (told: readonly FromPage[]): void => port1.postMessage(told)
  return { vault, events, disk, tell }
}

/** A session that the peer proposes and ends, as it comes by the relay: anybody can hear it, whoever sealed it. */
function overheard(conversation: string, seed: string): readonly FromPage[] {
  const sealer = new FrameSealer(
    { key: new Uint8Array(32), connection: randomBytes(new SeededRandom(seed), 8) },
    'relay',
  )
  const { terms } = new TwoSessions({ seed })
  const { session } = terms
  return [
    { type: 'propose', session, terms } as const,
    { type: 'abort', session, reason: 'cancelled', keyBits: new Uint8Array(0) } as const,
  ].flatMap((message) =>
    sealer
      .seal(encodeMessage(message))
      .map((bytes): FromPage => ({ type: 'frame', conversation, path: { via: 'relay', room: 'r' }, bytes })),
  )
}

async function inviter(seed = 'ada') {
  const opened = await openVault(seed)
  const made = await opened.vault.newChat('Ada', 'private')
  if (!made.ok) throw new Error(made.reason)
  return { ...opened, ...made.value }
}

const arrived = () => new Promise((resolve) => setTimeout(resolve, 20))

describe('LocalVault', () => {
  it('makes an invite, and tells the page which rooms to join', async () => {
    const { events, conversation, fragment } = await inviter()
    await arrived()
    expect(parseInvite(fragment).ok).toBe(true)
    expect(events.every((event) => event.conversation === conversation)).toBe(true)
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['pairing', 'rooms', 'connection']))
  })

  it('lets no key and no secret of the invite out', async () => {
    const { events, fragment, disk, conversation } = await inviter()
    await arrived()
    const invite = parseInvite(fragment)
    const stored = await disk.load(conversation)
    const secrets = [
      invite.ok ? invite.value.bytes.subarray(0, 32) : null,
      stored?.pairing.root,
      stored?.tagPairs[0]?.keys,
    ]
    const told = JSON.stringify(events, (_, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value))
    expect(told).not.toContain(fragment.slice(-40))
    for (const secret of secrets) {
      expect(secret).toBeTruthy()
      expect(told).not.toContain(toHex(secret as Bytes))
    }
  })

  it('knows its own invite, however it comes back', async () => {
    const { vault, fragment } = await inviter()
    for (const own of [fragment, `#${fragment}`, `${encodeURIComponent(fragment)}.`]) {
      expect(await vault.inspectInvite(own)).toEqual({ ok: false, reason: 'invite-own' })
      expect(await vault.join(own, 'Ada')).toEqual({ ok: false, reason: 'invite-own' })
    }
  })

  it('reads an invite without consuming it, and joins once however often it is asked', async () => {
    const { fragment } = await inviter()
    const { vault, disk } = await openVault('ben')
    expect(await vault.inspectInvite(fragment)).toEqual({ ok: true, value: { mode: 'private' } })
    expect(await disk.conversations()).toEqual([])
    const first = await vault.join(fragment, 'Ben')
    expect(await vault.join(fragment, 'Ben')).toEqual(first)
    expect(await disk.conversations()).toHaveLength(1)
  })

  it('calls what is no invite so', async () => {
    const { vault } = await openVault('ben')
    for (const fragment of ['', '#', 'i=1.private.', `i=1.private.${'A'.repeat(10_000)}`, '%E0%A4%A']) {
      expect(await vault.inspectInvite(fragment)).toEqual({ ok: false, reason: 'invite-invalid' })
      expect(await vault.join(fragment, '')).toEqual({ ok: false, reason: 'invite-invalid' })
    }
  })

  it('stores a message before it says so', async () => {
    const { vault, disk, conversation } = await inviter()
    const written = await vault.write(conversation, 'Hello')
    if (!written.ok) throw new Error(written.reason)
    const stored = await disk.load(conversation)
    expect(stored?.messages).toMatchObject([{ id: written.value.id, text: 'Hello', state: 'queued' }])
  })

  it('takes 64 KiB of text and not a byte more, and nothing that is blank', async () => {
    const { vault, conversation } = await inviter()
    expect((await vault.write(conversation, 'x'.repeat(65_536))).ok).toBe(true)
    expect(await vault.write(conversation, 'x'.repeat(65_537))).toEqual({ ok: false, reason: 'too-long' })
    expect(await vault.write(conversation, 'é'.repeat(32_769))).toEqual({ ok: false, reason: 'too-long' })
    expect(await vault.write(conversation, ' \n\t')).toEqual({ ok: false, reason: 'empty' })
    expect(await vault.write('unknown', 'Hello')).toEqual({ ok: false, reason: 'closed' })
  })

  it('tells a full disk as a reason, and shows nothing that is not stored', async () => {
    const disk = new MemoryKeep()
    disk.commit = () => Promise.reject(new Error('full'))
    const { vault, events } = await openVault('ada', disk)
    expect(await vault.newChat('Ada', 'private')).toEqual({ ok: false, reason: 'full' })
    await arrived()
    expect(events).toEqual([])
  })

  it('takes up again what lies on its disk', async () => {
    const { disk, vault, conversation, fragment } = await inviter()
    await vault.write(conversation, 'Hello')
    const again = await openVault('later', disk)
    await arrived()
    expect(again.events).toContainEqual(expect.objectContaining({ conversation, type: 'message' }))
    expect(await again.vault.inspectInvite(fragment)).toEqual({ ok: false, reason: 'invite-own' })
  })

  it('keeps nothing that was typed into a chat once it is deleted', async () => {
    const { disk, vault, conversation } = await inviter()
    await vault.saveText('name', 'Ada')
    await vault.saveText(conversation, 'half a')
    await vault.leave(conversation)
    await vault.saveText(conversation, 'half a thought')
    expect([...(await disk.texts())]).toEqual([['name', 'Ada']])
  })

  it('says that it has left after all else', async () => {
    const { vault, events, conversation } = await inviter()
    await vault.leave(conversation)
    await arrived()
    expect(events.at(-1)).toEqual({ conversation, type: 'left' })
    expect(await vault.write(conversation, 'Hello')).toEqual({ ok: false, reason: 'closed' })
  })

  it('lets an eavesdropper in, also into chats that began before her, and sends her away', async () => {
    const { vault, events, conversation, tell } = await inviter()
    const heard = () => events.filter(({ type }) => type === 'eavesdropped').map((event) => event.conversation)
    tell(overheard(conversation, 'before'))
    await arrived()
    await vault.setEve({ kind: 'passive' })
    const other = await vault.newChat('Ada', 'private')
    tell(overheard(conversation, 'while'))
    tell(overheard(other.ok ? other.value.conversation : '', 'while'))
    await expect.poll(heard).toEqual([conversation, other.ok && other.value.conversation])
    // Asked for and sent away before her code has come: the last word holds.
    await Promise.all([vault.setEve({ kind: 'ghz', strength: 1, angleDegrees: 0 }), vault.setEve(null)])
    tell(overheard(conversation, 'after'))
    await arrived()
    expect(heard()).toHaveLength(2)
  })

  it('has the eavesdropper of its flag there before the first conversation, and her in no invite', async () => {
    const { vault, events, tell } = await openVault('ada', new MemoryKeep(), { kind: 'passive' })
    const made = await vault.newChat('Ada', 'private')
    if (!made.ok) throw new Error(made.reason)
    tell(overheard(made.value.conversation, 'first'))
    await expect.poll(() => events.filter(({ type }) => type === 'eavesdropped')).toHaveLength(1)
    const { fragment } = await inviter()
    expect(made.value.fragment.replace(/\.[\w-]*$/, '')).toBe(fragment.replace(/\.[\w-]*$/, ''))
    expect(made.value.fragment).toHaveLength(fragment.length)
  })

  it('survives whatever the page’s network brings in', async () => {
    const { vault, events, conversation } = await inviter()
    const { port1, port2 } = new MessageChannel()
    ports.push(port1, port2)
    await arrived()
    const rooms = events.find((event) => event.type === 'rooms')
    const room = rooms?.type === 'rooms' ? (rooms.rooms[0] ?? '') : ''
    await vault.open({ database: 'd', mode: 'efficient', publicChannel: 'relay', visibility: 1, eve: null }, port2)
    for (const length of [0, 1, 2, 66, 70_000]) {
      const bytes = new Uint8Array(length).fill(1)
      port1.postMessage([
        { type: 'room', conversation, room, joined: true, peer: true },
        { type: 'signal', conversation, room, bytes },
        { type: 'frame', conversation, path: { via: 'relay', room }, bytes },
        { type: 'frame', conversation, path: { via: 'link', link: 'l' }, bytes },
        { type: 'fibre', conversation, link: 'l', bytes },
        { type: 'description', conversation, link: 'l', bytes },
        { type: 'linkUp', conversation, link: 'l' },
        { type: 'linkDown', conversation, link: 'l' },
        { type: 'linkUp', conversation: 'unknown', link: 'l' },
      ])
    }
    await arrived()
    expect((await vault.write(conversation, 'still here')).ok).toBe(true)
    expect(events.some(({ type }) => type === 'ended')).toBe(false)
  })
})

describe('whereOf', () => {
  it('tells where, never with what', () => {
    const where = whereOf(new Error('assertion failed: no case for {"text":"a secret"}'))
    expect(where).toContain('vault.test')
    expect(where).not.toContain('secret')
    expect(whereOf('a secret')).toBe('unknown')
    expect(whereOf(new Error('a secret\n    at a secret (file)'))).not.toContain('a secret')
  })
})
