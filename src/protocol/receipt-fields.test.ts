import { describe, expect, test } from 'vitest'
import { receiptFields } from './receipt-fields.ts'
import { TwoSessions } from './testing/two-sessions.ts'

function receiptOf(run: TwoSessions) {
  const end = run.play().end('bob')
  if (end === null || !('receipt' in end) || end.receipt === null) throw new Error('no receipt')
  return end.receipt
}

describe('the fields of a receipt', () => {
  test('are its own figures under the names that stay', () => {
    const receipt = receiptOf(new TwoSessions({ seed: 'fields' }))
    const { pairs, s, keyBits, authentication } = receipt
    expect(receiptFields(receipt)).toMatchObject({ pairs, s, keyBits, authentication, keyBitsCoherent: 0, eve: null })
  })

  test('count a coherent key where the statistics reach for one', () => {
    const terms = { pairs: 600_000, alice: [9_830, 1_311, 54_395], bob: [4_915, 55_706, 4_915] } as const
    const receipt = receiptOf(new TwoSessions({ seed: 'long', terms: { ...terms, route: 'direct' } }))
    expect(receiptFields(receipt).keyBitsCoherent).toBeGreaterThan(10_000)
    expect(receiptFields({ ...receipt, s: null }).keyBitsCoherent).toBe(0)
  })
})
