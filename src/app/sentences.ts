// What the app itself has to say, where a plain sentence is asked of it.

import { TEXT_BYTES_MAX, type WriteFault } from '../worker/api.ts'

export const ENDED = 'A fault in the app ended it. Your chats are stored: start again, and they go on where they were.'

const SENTENCES: Readonly<Record<WriteFault, string>> = {
  'too-long': `This is longer than ${TEXT_BYTES_MAX / 1024} KiB: send it in parts.`,
  empty: 'There is nothing to send yet.',
  full: 'There is no room to store this message: free some space, then send it again.',
  closed: 'The storage of this chat is closed: load the page anew, then send it again.',
  denied: 'The browser doesn’t let the app store anything.',
}

export const whyNotSent = (fault: WriteFault): string => SENTENCES[fault]
