// The adapters of a real page: the worker, simple-peer, the server that the page came from.

import { makeIceServers } from '../network/ice-servers.ts'
import { openRoom, signalUrl } from '../network/room.ts'
import { openSimplePeerLink } from '../network/simple-peer-link.ts'
import { connectVault } from '../worker/connect.ts'
import type { NetworkParts } from './create-network.ts'

export interface AppParts {
  readonly connectVault: typeof connectVault
  readonly network: NetworkParts
}

export const browserParts = (): AppParts => ({
  connectVault,
  network: {
    openLink: openSimplePeerLink,
    openRoom: openRoom(signalUrl(location.href)),
    iceServers: makeIceServers('/api/ice'),
  },
})
