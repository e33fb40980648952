import { describe, expect, it } from 'vitest'
import type { EveReport } from '../worker/api.ts'
import { createEve } from './create-eve.ts'

const report = (session: string) => ({ session }) as EveReport
const sessions = (eve: ReturnType<typeof createEve>) => eve.state?.reports.map((one) => one.report.session)

describe('createEve', () => {
  it('is not there where the address asked for none', () => {
    expect(createEve(null).state).toBeNull()
  })

  it('is on from the start, and stays to be switched on again', () => {
    const eve = createEve({ kind: 'passive' })
    expect(eve.state).toMatchObject({ asked: { kind: 'passive' }, on: true, reports: [] })
    eve.setOn(false)
    expect(eve.state).toMatchObject({ asked: { kind: 'passive' }, on: false })
  })

  it('keeps the last few reports, the newest first, and none of a chat that was left', () => {
    const eve = createEve({ kind: 'passive' })
    for (let i = 0; i < 10; i++) eve.tell(i % 2 === 0 ? 'a' : 'b', report(`${i}`))
    expect(sessions(eve)).toEqual(['9', '8', '7', '6', '5', '4', '3', '2'])
    eve.forget('b')
    expect(sessions(eve)).toEqual(['8', '6', '4', '2'])
  })
})
