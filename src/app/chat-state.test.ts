import { describe, expect, it } from 'vitest'
import type { RunSnapshot, ShownMessage } from '../protocol/events.ts'
import { applyAll, applyShown, emptyChat, waitingMessages, withInvite, withNotice } from './chat-state.ts'
import type { Chat } from './state.ts'

const message = (id: string, order: string, state: ShownMessage['state'] = 'delivered'): ShownMessage => ({
  id,
  from: 'me',
  kind: 'text',
  text: id,
  writtenAtMs: 0,
  written: 1,
  writtenAfter: 0,
  number: null,
  state,
  refusedFor: null,
  receipt: null,
  order,
  shortByChance: false,
})

const run = (session: string, role: RunSnapshot['role'], phase: RunSnapshot['phase']): RunSnapshot => ({
  session,
  message: null,
  role,
  phase,
  pairs: 10,
  donePairs: 0,
  receipt: null,
})

const show = (chat: Chat, ...messages: ShownMessage[]): Chat =>
  messages.reduce((before, one) => applyShown(before, { type: 'message', message: one }), chat)

const ids = (chat: Chat): string[] => chat.messages.map(({ id }) => id)

describe('messages', () => {
  it('stand in the order of `order`, whenever they come', () => {
    const chat = show(emptyChat('c'), message('b', '2'), message('a', '1'), message('d', '~:1'), message('c', '3'))
    expect(ids(chat)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('move when their place becomes known', () => {
    const chat = show(emptyChat('c'), message('mine', '~:1', 'queued'), message('theirs', '~:0'), message('mine', '1'))
    expect(ids(chat)).toEqual(['mine', 'theirs'])
  })

  it('are the same, told at once or one by one', () => {
    const told = [message('c', '3'), message('a', '1'), message('b', '2', 'cancelled'), message('a', '4')]
    const events = told.map((one) => ({ type: 'message', message: one }) as const)
    const chat = applyAll(emptyChat('c'), events)
    expect(ids(chat)).toEqual(['c', 'a'])
    expect(chat).toEqual(show(emptyChat('c'), ...told))
  })

  it('go when they are cancelled', () => {
    expect(ids(show(emptyChat('c'), message('a', '1', 'queued'), message('a', '1', 'cancelled')))).toEqual([])
  })

  it('leave what did not change the same object', () => {
    const before = show(emptyChat('c'), message('a', '1'), message('b', '2'))
    const after = show(before, message('b', '2', 'sent'))
    expect(after.messages[0]).toBe(before.messages[0])
    expect(after.notices).toBe(before.notices)
  })

  it('count as waiting until they are known to have arrived', () => {
    const states = ['queued', 'distilling', 'sent', 'delivered', 'refused'] as const
    const chat = show(emptyChat('c'), ...states.map((state) => message(state, state, state)))
    expect(waitingMessages(chat)).toBe(3)
  })
})

describe('the invite', () => {
  const pairing = { mode: 'private', peerName: 'Noor', paired: true } as const

  it('is shown until both sides are paired', () => {
    const inviting = withInvite(emptyChat('c'), 'link')
    expect(inviting.inviteLink).toBe('link')
    expect(applyShown(inviting, { type: 'pairing', pairing }).inviteLink).toBeNull()
  })

  it('does not come back when the pairing was faster', () => {
    const paired = applyShown(emptyChat('c'), { type: 'pairing', pairing })
    expect(withInvite(paired, 'link').inviteLink).toBeNull()
  })
})

describe('notices', () => {
  const notice = { reason: 'eavesdropper', receipt: null, message: 'a', detail: null } as const

  it('stand once each, and end when the vault says so', () => {
    const twice = withNotice(withNotice(emptyChat('c'), notice), notice)
    expect(twice.notices).toHaveLength(1)
    expect(applyShown(twice, { type: 'noticeOver', reason: 'eavesdropper' }).notices).toEqual([])
  })

  it('of a message end when it is tried anew or has arrived, not when it is refused', () => {
    const alarmed = withNotice(emptyChat('c'), notice)
    expect(show(alarmed, message('a', '1', 'refused')).notices).toHaveLength(1)
    expect(show(alarmed, message('a', '1', 'distilling')).notices).toHaveLength(0)
    expect(show(alarmed, message('a', '1', 'delivered')).notices).toHaveLength(0)
    expect(show(alarmed, message('b', '1', 'delivered')).notices).toHaveLength(1)
  })
})

describe('the run', () => {
  const latest = (...runs: RunSnapshot[]): RunSnapshot | null =>
    runs.reduce((chat, one) => applyShown(chat, { type: 'progress', run: one }), emptyChat('c')).run

  it('of this side is not pushed away by the peer’s that goes on beside it', () => {
    expect(latest(run('mine', 'alice', 'pairs'), run('theirs', 'bob', 'pairs'))?.session).toBe('mine')
  })

  it('gives way once it is over', () => {
    expect(latest(run('mine', 'alice', 'ended'), run('theirs', 'bob', 'pairs'))?.session).toBe('theirs')
    expect(latest(run('theirs', 'bob', 'pairs'), run('mine', 'alice', 'pairs'))?.session).toBe('mine')
  })
})
