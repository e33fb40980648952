// simple-peer ships no types: as much of it as network/simple-peer-link.ts uses.
declare module 'simple-peer' {
  export interface SimplePeerOptions {
    readonly initiator: boolean
    readonly objectMode: boolean
    readonly channelConfig: RTCDataChannelInit
    readonly config: RTCConfiguration
    readonly wrtc: {
      readonly RTCPeerConnection: typeof RTCPeerConnection
      readonly RTCSessionDescription: typeof RTCSessionDescription
      readonly RTCIceCandidate: typeof RTCIceCandidate
    }
  }

  export default class Peer {
    constructor(options: SimplePeerOptions)
    readonly destroyed: boolean
    on(event: 'signal', then: (signal: unknown) => void): this
    on(event: 'data', then: (data: Uint8Array | string) => void): this
    on(event: 'connect' | 'close', then: () => void): this
    on(event: 'error', then: (error: Error) => void): this
    signal(data: unknown): void
    send(frame: Uint8Array<ArrayBuffer>): void
    destroy(error?: Error): void
  }
}
