// The eavesdropper of this tab as the page knows her: who was asked for, whether she is on, what she told last.

import { createSignal } from 'solid-js'
import type { OwnEve } from '../protocol/receipt.ts'
import type { EveReport } from '../worker/api.ts'
import type { EveOnChat, EveOnTab } from './state.ts'

/** She tells of every session; only the last few are worth reading. */
const REPORTS_MAX = 8

export interface Eve {
  readonly state: EveOnTab | null
  setOn(on: boolean): void
  tell(conversation: string, report: EveReport): void
  /** A chat was left, and what was said there is gone. */
  forget(conversation: string): void
}

export function createEve(asked: OwnEve | null): Eve {
  const [on, setOn] = createSignal(asked !== null)
  const [reports, setReports] = createSignal<readonly EveOnChat[]>([])
  const state: EveOnTab | null =
    asked === null
      ? null
      : {
          asked,
          get on() {
            return on()
          },
          get reports() {
            return reports()
          },
        }
  return {
    state,
    setOn,
    tell: (conversation, report) => setReports((before) => [{ conversation, report }, ...before].slice(0, REPORTS_MAX)),
    forget: (conversation) => setReports((before) => before.filter((one) => one.conversation !== conversation)),
  }
}
