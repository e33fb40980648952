import { describe, expect, it } from 'vitest'
import { makeWrapping, type Place, seal, unseal, unwrapDataKey } from './sealing.ts'

const place: Place = { store: 'messages', key: ['c0', 7] }
const plain = new Uint8Array(256).fill(9)

describe('a sealed record', () => {
  it('opens at its place and at no other', async () => {
    const key = await unwrapDataKey(await makeWrapping())
    const record = await seal(key, place, plain)
    expect(await unseal(key, place, record)).toEqual(plain)
    const others: Place[] = [
      { store: 'messages', key: ['c0', 8] },
      { store: 'messages', key: ['c1', 7] },
      { store: 'texts', key: 'c0' },
      { store: 'pairings', key: 'c0' },
    ]
    for (const other of others) expect(await unseal(key, other, record)).toBeNull()
  })

  it('opens no more when any byte of it is changed, or it is cut, or is none', async () => {
    const key = await unwrapDataKey(await makeWrapping())
    const record = await seal(key, place, plain.subarray(0, 8))
    for (let at = 0; at < record.length; at++) {
      const changed = record.slice()
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(await unseal(key, place, changed), `byte ${at}`).toBeNull()
      expect(await unseal(key, place, record.slice(0, at)), `${at} bytes`).toBeNull()
    }
    for (const none of [undefined, null, 'text', {}, new ArrayBuffer(40)])
      expect(await unseal(key, place, none)).toBeNull()
  })

  it('is another one each time', async () => {
    const key = await unwrapDataKey(await makeWrapping())
    const records = await Promise.all(Array.from({ length: 50 }, () => seal(key, place, plain)))
    expect(new Set(records.map(String)).size).toBe(50)
  })
})

describe('the data key', () => {
  it('comes out of its wrapping by its own device key alone, and never as bytes', async () => {
    const [mine, other] = await Promise.all([makeWrapping(), makeWrapping()])
    const key = await unwrapDataKey(mine)
    const record = await seal(key, place, plain)
    expect(await unseal(await unwrapDataKey(mine), place, record)).toEqual(plain)
    expect(await unseal(await unwrapDataKey(other), place, record)).toBeNull()
    await expect(unwrapDataKey({ ...mine, key: other.key })).rejects.toThrow()
    expect([key.extractable, mine.key.extractable]).toEqual([false, false])
  })
})
