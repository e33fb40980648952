// What is told of a conversation, folded into what is drawn of it. Pure: what doesn't change stays the same object.

import { assertNever } from '../lib/assert.ts'
import type { RunSnapshot, Shown, ShownMessage } from '../protocol/events.ts'
import type { Chat, Notice } from './state.ts'

export function emptyChat(conversation: string): Chat {
  return {
    conversation,
    pairing: { mode: 'private', peerName: '', paired: false },
    connection: { state: 'waiting', server: false },
    messages: [],
    inviteLink: null,
    run: null,
    notices: [],
  }
}

/** All of it in turn. A whole history comes as many messages at once: they are sorted once. */
export function applyAll(chat: Chat, shown: readonly Shown[]): Chat {
  const messages = shown.flatMap((event) => (event.type === 'message' ? [event.message] : []))
  if (chat.messages.length > 0 || messages.length < 2) return shown.reduce(applyShown, chat)
  const others = shown.filter(({ type }) => type !== 'message')
  const newest = new Map(messages.map((message) => [message.id, message]))
  const kept = [...newest.values()].filter(({ state }) => state !== 'cancelled')
  return others.reduce(applyShown, { ...chat, messages: kept.sort(byOrder) })
}

const byOrder = (a: ShownMessage, b: ShownMessage): number => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0)

export function applyShown(chat: Chat, shown: Shown): Chat {
  switch (shown.type) {
    case 'connection':
      return { ...chat, connection: shown.connection }
    case 'pairing':
      // Once both sides are paired the link opens nothing any more.
      return { ...chat, pairing: shown.pairing, inviteLink: shown.pairing.paired ? null : chat.inviteLink }
    case 'message':
      return withMessage(chat, shown.message)
    case 'progress':
      return { ...chat, run: newestRun(chat.run, shown.run) }
    case 'notice': {
      const { reason, receipt, message } = shown
      return withNotice(chat, { reason, receipt, message, detail: null })
    }
    case 'noticeOver':
      return withoutNotices(chat, (notice) => notice.reason === shown.reason)
    case 'notStored':
      // Its text goes back to whoever called send.
      return chat
    default:
      return assertNever(shown)
  }
}

/** The link is shown until the invite is spent; the chat may be told of that before the link is known. */
export function withInvite(chat: Chat, inviteLink: string): Chat {
  return chat.pairing.paired ? chat : { ...chat, inviteLink }
}

/** One notice a reason and message: a newer one takes the place of the one before. */
export function withNotice(chat: Chat, notice: Notice): Chat {
  const others = chat.notices.filter(({ reason, message }) => reason !== notice.reason || message !== notice.message)
  return { ...chat, notices: [...others, notice] }
}

export function withoutNotices(chat: Chat, over: (notice: Notice) => boolean): Chat {
  const notices = chat.notices.filter((notice) => !over(notice))
  return notices.length === chat.notices.length ? chat : { ...chat, notices }
}

/** Messages that wait, or of which nobody knows yet whether they arrived. */
export const waitingMessages = (chat: Chat): number =>
  chat.messages.filter(
    ({ from, state }) => from === 'me' && (state === 'queued' || state === 'distilling' || state === 'sent'),
  ).length

function withMessage(chat: Chat, message: ShownMessage): Chat {
  const others = chat.messages.filter(({ id }) => id !== message.id)
  const messages = message.state === 'cancelled' ? others : insert(others, message)
  const next = { ...chat, messages }
  // What was said of a message is over when it is tried anew, has arrived, or is gone.
  const over = message.state === 'distilling' || message.state === 'delivered' || message.state === 'cancelled'
  return over ? withoutNotices(next, (notice) => notice.message === message.id) : next
}

/** Sorted by `order`; most come last. */
function insert(messages: readonly ShownMessage[], message: ShownMessage): readonly ShownMessage[] {
  let at = messages.length
  while (at > 0 && messages[at - 1]!.order > message.order) at--
  return [...messages.slice(0, at), message, ...messages.slice(at)]
}

/** This side's own run is not pushed away by one of the peer's that goes on beside it. */
function newestRun(before: RunSnapshot | null, next: RunSnapshot): RunSnapshot {
  if (before === null || before.session === next.session || next.role === 'alice') return keepReceipt(before, next)
  const ownGoesOn = before.role === 'alice' && before.phase !== 'received' && before.phase !== 'ended'
  return ownGoesOn ? before : next
}

/** A later step of one run may come without the figures that an earlier one had. */
function keepReceipt(before: RunSnapshot | null, next: RunSnapshot): RunSnapshot {
  if (next.receipt !== null || before?.session !== next.session) return next
  return { ...next, receipt: before.receipt }
}
