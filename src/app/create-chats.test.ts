import { createComputed, createRoot } from 'solid-js'
import { describe, expect, it } from 'vitest'
import type { ShownMessage } from '../protocol/events.ts'
import { createChats } from './create-chats.ts'

const message = (id: string, order: string, fields: Partial<ShownMessage> = {}): ShownMessage => ({
  id,
  from: 'me',
  kind: 'text',
  text: id,
  writtenAtMs: 0,
  written: 1,
  writtenAfter: 0,
  number: null,
  state: 'queued',
  refusedFor: null,
  receipt: null,
  order,
  shortByChance: false,
  ...fields,
})

const tell = (one: ShownMessage) => [{ type: 'message', message: one }] as const

describe('createChats', () => {
  it('tells of a change only who reads what changed', () =>
    createRoot((dispose) => {
      const chats = createChats()
      chats.show('c', tell(message('a', '1')))
      const chat = chats.chats[0]!
      let lists = 0
      let names = 0
      createComputed(() => {
        lists += chat.messages.length
      })
      createComputed(() => {
        names += chat.pairing.peerName.length + 1
      })
      chats.show('c', tell(message('b', '2')))
      expect([lists, names]).toEqual([3, 1])
      expect(chats.chats[0]).toBe(chat)
      dispose()
    }))

  it('keeps the objects of the messages that stay the same', () => {
    const chats = createChats()
    chats.show('c', tell(message('a', '1')))
    chats.show('c', tell(message('b', '2')))
    const before = chats.chats[0]!.messages[1]
    chats.show('c', tell(message('a', '3', { state: 'sent' })))
    expect(chats.chats[0]?.messages.map(({ id, state }) => [id, state])).toEqual([
      ['b', 'queued'],
      ['a', 'sent'],
    ])
    expect(chats.chats[0]!.messages[0]).toBe(before)
  })

  it('never changes a receipt that something else shows too', () => {
    const chats = createChats()
    const receipt = { pairs: 1 } as unknown as NonNullable<ShownMessage['receipt']>
    const newer = { pairs: 2 } as unknown as NonNullable<ShownMessage['receipt']>
    chats.show('c', [
      { type: 'notice', reason: 'eavesdropper', receipt, message: 'x' },
      ...tell(message('a', '1', { receipt })),
    ])
    chats.show('c', tell(message('a', '1', { receipt: newer })))
    expect(chats.chats[0]?.notices[0]?.receipt?.pairs).toBe(1)
    expect(chats.chats[0]?.messages[0]?.receipt?.pairs).toBe(2)
  })

  it('calls a chat without a network offline, but not one whose link stands', () => {
    const chats = createChats()
    chats.show('waits', [{ type: 'connection', connection: { state: 'waiting', server: true } }])
    chats.show('talks', [{ type: 'connection', connection: { state: 'connected', server: true } }])
    chats.setOffline(true)
    expect(chats.chats.map(({ connection }) => connection.state)).toEqual(['offline', 'connected'])
    chats.show('talks', [{ type: 'connection', connection: { state: 'reconnecting', server: false } }])
    expect(chats.chats[1]?.connection.state).toBe('offline')
    chats.setOffline(false)
    expect(chats.chats.map(({ connection }) => connection.state)).toEqual(['waiting', 'reconnecting'])
  })

  it('does not bring back a chat that was left', () => {
    const chats = createChats()
    chats.show('c', tell(message('a', '1')))
    chats.remove('c')
    chats.show('c', tell(message('b', '2')))
    expect(chats.chats).toEqual([])
  })
})
