// The adapters of a real page: the worker, simple-peer, the server that the page came from.

import { makeIceServers } from '../network/ice-servers.ts'
import { openRoom, signalUrl } from '../network/room.ts'
import { openSimplePeerLink } from '../network/simple-peer-link.ts'
import { connectVault } from '../worker/connect.ts'
import type { NetworkParts } from './create-network.ts'
import { installApp } from './installed-app.ts'
import { keepStorage } from './keep-storage.ts'
import { type ProfileHooks, ProfileLocks } from './profile-locks.ts'

export interface AppParts {
  readonly connectVault: typeof connectVault
  readonly network: NetworkParts
  readonly installApp: typeof installApp
  readonly keepStorage: typeof keepStorage
  readonly profiles: (hooks: ProfileHooks) => Pick<ProfileLocks, 'take' | 'move'>
}

export const browserParts = (): AppParts => ({
  connectVault,
  installApp,
  keepStorage,
  profiles: (hooks) => new ProfileLocks(hooks),
  network: {
    openLink: openSimplePeerLink,
    openRoom: openRoom(signalUrl(location.href)),
    iceServers: makeIceServers('/api/ice'),
  },
})
