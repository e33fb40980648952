import { describe, expect, it } from 'vitest'
import type { FibreFrame } from '../wire/fibre.ts'
import { QubitShelf } from './qubit-shelf.ts'

const frame = (session: string, start: number, count: number): FibreFrame => ({
  session,
  start,
  qubits: { codebook: new Float64Array([0, 0, 1]), indices: new Uint8Array(count) },
})

describe('QubitShelf', () => {
  it('gives each frame once', () => {
    const shelf = new QubitShelf()
    shelf.put('l', frame('s', 0, 5))
    expect(shelf.take('s', 0, 5)?.indices.length).toBe(5)
    expect(shelf.take('s', 0, 5)).toBeNull()
    expect(shelf.bytes).toBe(0)
  })

  it('never gives a frame of another length at the same place', () => {
    const shelf = new QubitShelf()
    shelf.put('l', frame('s', 0, 9))
    shelf.put('l', frame('s', 0, 5))
    expect(shelf.take('s', 0, 5)?.indices.length).toBe(5)
    expect(shelf.take('s', 0, 9)?.indices.length).toBe(9)
  })

  it('drops the oldest when a peer sends without end', () => {
    const shelf = new QubitShelf()
    for (let i = 0; i < 200; i++) shelf.put('l', frame('s', i * 65_535, 65_535))
    expect(shelf.bytes).toBeLessThanOrEqual(2 ** 22)
    expect(shelf.take('s', 0, 65_535)).toBeNull()
    expect(shelf.take('s', 199 * 65_535, 65_535)).not.toBeNull()
  })

  it('forgets what belongs to an ended session or link', () => {
    const shelf = new QubitShelf()
    shelf.put('l', frame('s', 0, 5))
    shelf.put('l', frame('t', 0, 5))
    shelf.put('m', frame('u', 0, 5))
    shelf.dropSession('s')
    shelf.dropLink('l')
    expect(shelf.take('s', 0, 5)).toBeNull()
    expect(shelf.take('t', 0, 5)).toBeNull()
    expect(shelf.take('u', 0, 5)).not.toBeNull()
  })
})
