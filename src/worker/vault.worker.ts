// The worker's entry: puts the vault together and lends it to the page. Keys and disk live in here and nowhere else.

import { expose } from 'comlink'
import { openDisk } from '../storage/open-disk.ts'
import { PlatformRandom } from './random.ts'
import { LocalVault } from './vault.ts'

const vault = new LocalVault({ openKeep: openDisk, random: new PlatformRandom() })

// A rejection that nobody awaited is a fault of ours like an uncaught throw; the page hears of both.
self.addEventListener('unhandledrejection', (event) => vault.broke('', event.reason))
self.addEventListener('error', (event) => vault.broke('', event.error))

expose(vault)
