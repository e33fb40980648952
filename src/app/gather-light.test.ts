import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { FromPage } from '../worker/api.ts'
import { gatherLight } from './gather-light.ts'

const light = (n: number): FromPage => ({
  type: 'fibre',
  conversation: 'c',
  link: 'l',
  bytes: new Uint8Array([n]),
})
const up: FromPage = { type: 'linkUp', conversation: 'c', link: 'l' }

test('light of one burst is told together, without waiting for more', async () => {
  const told: (readonly FromPage[])[] = []
  const gather = gatherLight((events) => told.push(events))
  for (const n of [1, 2, 3]) gather(light(n))
  expect(told).toEqual([])
  await sleep(20)
  expect(told).toEqual([[light(1), light(2), light(3)]])
  gather(light(4))
  await sleep(20)
  expect(told.slice(1)).toEqual([[light(4)]])
})

test('whatever else comes goes at once, after the light before it', async () => {
  const told: (readonly FromPage[])[] = []
  const gather = gatherLight((events) => told.push(events))
  gather(light(1))
  gather(up)
  gather(up)
  expect(told).toEqual([[light(1), up], [up]])
  await sleep(20)
  expect(told).toHaveLength(2)
})
