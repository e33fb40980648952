// Every sentence of the screens. Short, who did what, every number beside its usual value.

import type { AppNoticeReason, Notice } from '../app/state.ts'
import { about, count } from './format.ts'
import type { Connection, Message } from './types.ts'

export const words = {
  app: 'SeQure Chat',
  start: {
    title:
      'A private chat between two browsers, with no account, in which every message makes its own key from entangled pairs and tests it for an eavesdropper.',
    lead: 'The quantum physics is simulated; what keeps real strangers out is the encrypted link that your invite sets up.',
    about: 'What this is, and what it is not',
    name: 'Your name',
    namePlaceholder: 'How your friend will see you',
    nameHint: 'May stay empty. It goes to your friend, never to a server.',
    newChat: 'New chat',
    newLab: 'New lab room',
    labHint: 'A lab room is for experiments: the server may let somebody listen there. Keep secrets out.',
    invited: 'Were you invited? Open the link you got.',
    caption:
      'You and your friend each measure one half of every pair. Undisturbed halves agree more than Bell’s limit allows; anyone who looks on the way spoils that, and the key comes out too short to use.',
    back: 'Back to the chat',
    join: 'Join chat',
  },
  invite: {
    heading: 'Invite one person',
    lead: 'Send this link by a way you already trust. It works once, for whoever presses “Join chat” first.',
    link: 'Invite link',
    copy: 'Copy invite',
    copied: 'Copied',
    share: 'Share…',
    code: 'Invite QR code',
    camera: 'Or let their camera read it.',
    next: 'Then',
    steps: [
      'Keep this tab open. The two browsers meet as soon as the link is opened.',
      'They check each other by what only the link says. From then on the link opens nothing.',
      'You can write now. It waits here and goes by itself once your friend is there.',
    ],
  },
  chat: {
    chats: 'Chats',
    backToChats: 'Back to chats',
    skip: 'Go to the message box',
    messages: 'Messages',
    message: 'Message',
    send: 'Send',
    receipt: 'Receipt',
    retry: 'Retry',
    cancel: 'Cancel',
    began: 'This chat began with an invite, used once.',
    rooms: { private: 'Private', lab: 'Lab room' },
    unread: 'unread: ',
    search: 'Search',
    you: 'You',
    earlier: 'Earlier messages',
    newLines: 'New messages below',
    leave: 'Delete chat',
    close: 'Close',
    whatToDo: 'What to do.',
    whatHappened: 'See what happened',
    strip: 'Key distribution',
    missing: 'This part of the app couldn’t be loaded. Try again when the server is back.',
  },
  key: {
    title: 'Key distribution',
    empty: 'Every message makes its own key. Once the first is there, each step of it is drawn here.',
  },
  ended: { title: 'This chat has ended', again: 'Start again' },
} as const

/** The name of the other person, or what stands for it. */
export const peer = (name: string): string => name.trim() || 'your friend'
/** The same at the beginning of a sentence or as a title. */
export const Peer = (name: string): string => name.trim() || 'Your friend'

/** `explained`: a notice says already why there is no connection. */
export function connectionWords(connection: Connection, name: string, inviting: boolean, explained: boolean): string {
  switch (connection.state) {
    case 'offline':
      return 'You are offline. Messages wait here.'
    case 'waiting':
      return inviting ? 'Waiting for your friend to open the link' : `Waiting for ${peer(name)}`
    case 'connecting':
      return 'Connecting'
    case 'connected':
      return 'Connected'
    case 'reconnecting':
      return 'Reconnecting'
    case 'failed':
      return explained ? 'Not connected' : `Not connected: no route to ${peer(name)}`
  }
}

export const noRoute = (name: string): Sentences => ({
  title: `No route to ${peer(name)}`,
  text: 'Both networks block direct links and no relay is set: try another network.',
})

/** What a message's state is called under it; null where nothing is said. */
export function stateWords(
  message: Message,
  name: string,
  waiting: boolean,
  progress: { done: number; pairs: number } | null,
): string | null {
  if (message.from === 'peer') return null
  switch (message.state) {
    case 'queued':
      if (message.shortByChance) return 'Key came out short by chance, trying again'
      return waiting ? `Queued, waiting for ${peer(name)}` : 'Queued'
    case 'distilling':
      return progress ? `Making its key, ${count(progress.done)} of ${count(progress.pairs)} pairs` : 'Making its key'
    case 'sent':
      return 'Sent'
    case 'delivered':
      return 'Delivered'
    case 'refused':
      return 'Refused, not sent'
    case 'cancelled':
      return 'Cancelled'
  }
}

/** Why a message was refused and what helps, where the notice above doesn't say it. */
export function refusalWords(message: Message, name: string): string | null {
  switch (message.refusedFor) {
    case 'noisy':
      return 'The link was too noisy for a key.'
    case 'not-accepted':
      return `${Peer(name)}’s browser allows fewer pairs than this needs: shorten it, or send it in parts.`
    case 'eavesdropper':
    case 'tampered':
    case null:
      return null
  }
}

export interface Sentences {
  readonly title: string
  readonly text: string
}

/** What stops a message and is told with the readings of its run. */
export type AlarmReason = 'eavesdropper' | 'tampered' | 'noisy'

export interface AlarmWords extends Sentences {
  readonly advice: string
}

/** Whose message an alarm speaks of: one of mine that was refused, one of mine that is sent already, the peer's. */
export type AlarmAbout = 'refused' | 'sent' | 'peer'

const WHAT: Readonly<Record<AlarmReason, string>> = {
  eavesdropper: 'An eavesdropper measured these pairs.',
  tampered: 'An eavesdropper changed what the two browsers said to each other.',
  noisy: 'The link is too noisy for a key.',
}

const HOW_SURE: Readonly<Record<AlarmReason, string>> = {
  eavesdropper: 'By chance alone, readings like these come less than once in a million runs.',
  tampered: 'A one-time tag or the check of a frame did not fit what arrived: chance alone does not do that.',
  noisy:
    'The pairs arrive with more errors than this version can correct, or a key can bear. A bad link alone does this: it is no sign of an eavesdropper, and no proof that there is none.',
}

export function alarmWords(reason: AlarmReason, of: AlarmAbout, name: string): AlarmWords {
  const byVoice = `change the network, or tell ${peer(name)} by voice`
  const sure = HOW_SURE[reason]
  switch (of) {
    case 'refused':
      return {
        title: `${WHAT[reason]} ${reason === 'tampered' ? 'Nothing was sent' : 'Your message was not sent'}.`,
        text: `${sure} Nobody has read your message: it is kept here.${reason === 'eavesdropper' ? ` ${Peer(name)} sees this warning too.` : ''}`,
        advice:
          reason === 'noisy'
            ? 'Retry, or try another network.'
            : `Retry: each try makes new pairs and a new key. If it is refused again, ${byVoice} before you write anything that matters.`,
      }
    case 'sent':
      return {
        title: WHAT[reason],
        text: `${sure} Your message went out before, under a key of its own; ${peer(name)} has not confirmed it yet.`,
        advice: `Nothing: it is tried again by itself, with new pairs and a new key. If this goes on, ${byVoice}.`,
      }
    case 'peer':
      return {
        title:
          reason === 'eavesdropper'
            ? `An eavesdropper measured the pairs for a message from ${peer(name)}. It was not sent to you.`
            : `${WHAT[reason]} Nothing was sent.`,
        text: `${sure} ${Peer(name)} sees this too and can retry.`,
        advice: `If it happens again, ${byVoice}.`,
      }
  }
}

/** Before there is a chat to speak of. */
export const cutWords: AlarmWords = {
  title: 'The link was tampered with.',
  text: 'The other end couldn’t prove that it holds your invite: an eavesdropper may stand between you, so the link was cut.',
  advice: 'Make a new invite and send it another way.',
}

/** Why nothing can be stored, by the storage's own names of it; null: there is no room. */
function storageWords(why: string | null): Sentences {
  switch (why) {
    case 'denied':
      return {
        title: 'This window keeps nothing',
        text: 'The browser stores nothing here, as in a private window: chats and history are gone with this tab.',
      }
    case 'newer':
      return {
        title: 'A newer version of the app has these chats',
        text: 'Load this page anew to go on with them. Nothing that is written here now is kept.',
      }
    case 'blocked':
      return {
        title: 'Another tab with an older version has these chats',
        text: 'Close that tab, then load this page anew. Nothing that is written here now is kept.',
      }
    case 'damaged':
      return {
        title: 'A part of what was stored can’t be read',
        text: 'The rest is here. What is damaged stays where it is and is not written over.',
      }
    case 'deleted':
    case 'lost':
      return {
        title: why === 'deleted' ? 'What was stored here was deleted' : 'The browser closed the storage',
        text: 'Nothing new can be kept: copy what you still need, then load this page anew.',
      }
    default:
      return {
        title: 'There is no room to store messages',
        text: 'Free some space, then send it again. What is stored already stays.',
      }
  }
}

/** Flags that will mean something in a later version. */
const NOT_YET: readonly string[] = ['eve=clone', 'eve=mitm']

/** The sentences of every notice that is no alarm. */
export function noticeWords(notice: Notice, name: string, lab: boolean): Sentences {
  const table: Record<Exclude<AppNoticeReason, AlarmReason>, Sentences> = {
    'invite-invalid': { title: 'This link is incomplete', text: 'Copy all of it.' },
    'invite-own': { title: 'This is your own invite', text: 'Send it to a friend.' },
    'invite-used': {
      title: 'This invite was used already',
      text: 'Ask for a new one. If you didn’t use it, tell your friend: someone else did.',
    },
    'room-full': { title: 'Two people are in this chat already', text: 'Ask for a new invite.' },
    restored: {
      title: 'One side was restored from an old copy',
      text: 'Both browsers dropped their one-time tag keys. They refill with the next messages.',
    },
    'pairing-lost': {
      title: `This chat can’t find ${peer(name)} any more`,
      text: 'A new invite may be needed. What was said stays here.',
    },
    'peer-away': {
      title: `${Peer(name)} is away`,
      text: 'Their tab was closed or lost its network. What you write is kept here and goes out when both are here again.',
    },
    offline: { title: 'You are offline', text: 'What you write is kept here and goes out when you are back.' },
    'server-away': {
      title: 'The server is away',
      text: lab
        ? 'A lab room goes by the server alone: what you write waits here until it is back.'
        : 'This chat goes on directly. New invites have to wait.',
    },
    storage: storageWords(notice.detail),
    'insecure-page': {
      title: 'This page isn’t secure',
      text: 'Browsers give no cryptography to plain http. Open it by https, or on localhost.',
    },
    unsupported: { title: 'This browser lacks WebRTC', text: 'A current Chrome, Firefox or Safari works.' },
    'bad-url': {
      title: `“${notice.detail ?? 'A part of the address'}” was ignored`,
      text: NOT_YET.includes(notice.detail ?? '')
        ? 'This attack is not yet part of the app. Eve is off.'
        : 'That part of the address has a value that means nothing here.',
    },
  }
  return table[notice.reason as keyof typeof table]
}

export function costWords(characters: number, bytes: number, pairs: number): string {
  return bytes <= SHORT_CHARACTERS
    ? `Up to ${SHORT_CHARACTERS} characters: about ${about(pairs)} pairs`
    : `${count(characters)} characters: about ${about(pairs)} pairs`
}

/** Every text of up to as many UTF-8 bytes costs the same. */
export const SHORT_CHARACTERS = 100

export const costOffline = 'Offline. What you write waits here.'
