import { describe, test } from 'vitest'
import { diskKit } from './disk-kit.ts'
import { MemoryDisk } from './memory-disk.ts'

describe('MemoryDisk', () => {
  for (const { name, run } of diskKit(() => Promise.resolve(new MemoryDisk()))) test(name, run)
})
