// The worker's entry: puts the vault together and lends it to the page. Keys and disk live in here and nowhere else.

import { expose } from 'comlink'
import { MemoryDisk } from '../protocol/memory-disk.ts'
import { PlatformRandom } from './random.ts'
import { LocalVault } from './vault.ts'

const vault = new LocalVault({ disk: new MemoryDisk(), random: new PlatformRandom() })

// A rejection that nobody awaited is a fault of ours like an uncaught throw; the page hears of both.
self.addEventListener('unhandledrejection', (event) => vault.broke('', event.reason))
self.addEventListener('error', (event) => vault.broke('', event.error))

expose(vault)
