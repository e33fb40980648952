// The world's troubles, one at a time, the gravest first. What stops a message has its own block (chat/alarm.tsx).

import { createMemo, Show } from 'solid-js'
import type { AppNoticeReason, Notice } from '../../app/state.ts'
import { type AlarmReason, noticeWords, words } from '../words.ts'
import { Icon, type IconName } from './icons.tsx'

/** Gravest first; a notice that ends by itself stands after those that the person closes. */
const ORDER: readonly AppNoticeReason[] = [
  'insecure-page',
  'unsupported',
  'invite-invalid',
  'invite-own',
  'invite-used',
  'room-full',
  'pairing-lost',
  'restored',
  'storage',
  'bad-url',
  'offline',
  'server-away',
  'peer-away',
]

const QUIET: readonly AppNoticeReason[] = ['offline', 'server-away', 'peer-away', 'bad-url']
const LASTING: readonly AppNoticeReason[] = ['insecure-page', 'unsupported', 'offline', 'server-away', 'peer-away']

const ICONS: Partial<Record<AppNoticeReason, IconName>> = {
  offline: 'offline',
  'insecure-page': 'lock',
  restored: 'lock',
}

const ALARMS: readonly AppNoticeReason[] = ['eavesdropper', 'tampered', 'noisy'] satisfies AlarmReason[]

export const isAlarm = (notice: Notice): notice is Alarm => ALARMS.includes(notice.reason)

export type Alarm = Notice & { readonly reason: AlarmReason }

interface NoticesProps {
  readonly notices: readonly Notice[]
  readonly peerName?: string
  /** In a lab room some things are otherwise. */
  readonly lab?: boolean
  onClose(notice: Notice): void
}

export function Notices(props: NoticesProps) {
  const first = createMemo(() => {
    const drawn = props.notices.filter((notice) => !isAlarm(notice))
    return drawn.sort((a, b) => ORDER.indexOf(a.reason) - ORDER.indexOf(b.reason))[0]
  })
  return (
    <Show when={first()}>
      {(notice) => (
        <NoticeBlock
          notice={notice()}
          peerName={props.peerName ?? ''}
          lab={props.lab ?? false}
          onClose={props.onClose}
        />
      )}
    </Show>
  )
}

function NoticeBlock(props: { notice: Notice; peerName: string; lab: boolean; onClose(notice: Notice): void }) {
  const sentences = () => noticeWords(props.notice, props.peerName, props.lab)
  return (
    <div
      class="notice"
      role={QUIET.includes(props.notice.reason) ? 'status' : 'alert'}
      data-reason={props.notice.reason}
    >
      <Icon name={ICONS[props.notice.reason] ?? 'link'} />
      <p>
        <b>{sentences().title}</b>
        {sentences().text}
      </p>
      <Show when={!LASTING.includes(props.notice.reason)}>
        <button class="btn quiet small" type="button" onClick={() => props.onClose(props.notice)}>
          {words.chat.close}
        </button>
      </Show>
    </div>
  )
}
