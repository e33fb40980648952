// What the app itself has to say, where a plain sentence is asked of it.

import { TEXT_BYTES_MAX, type WriteFault } from '../worker/api.ts'

export const ENDED =
  'A fault in the app ended it. What was said here was kept in this tab only and is gone with it; a new chat needs a new invite.'

const SENTENCES: Readonly<Record<WriteFault, string>> = {
  'too-long': `This is longer than ${TEXT_BYTES_MAX / 1024} KiB: send it in parts.`,
  empty: 'There is nothing to send yet.',
  full: 'There is no room to store this message: free some space, then send it again.',
  closed: 'This chat has ended: nothing more can be stored.',
  denied: 'The browser doesn’t let the app store anything.',
}

export const whyNotSent = (fault: WriteFault): string => SENTENCES[fault]
