// The plan of the house as data: which room may import what. DESIGN and ARCHITECTURE.md draw it, this file is the law.

export interface Room {
  /** Rooms, or single files of rooms, whose values and types it may use. */
  readonly from: readonly string[]
  /** Rooms of which it may use types alone. */
  readonly typesFrom?: readonly string[]
  /** Packages; a name that ends in / stands for all below it. */
  readonly packages: readonly string[]
  /** No clock, no chance, no timer, no console: what it needs of them is an argument. */
  readonly pure: boolean
}

const NOBLE = ['@noble/']

const pure = (from: readonly string[]): Room => ({ from, packages: NOBLE, pure: true })

/** The rooms of src, lowest first. */
export const ROOMS: Readonly<Record<string, Room>> = {
  lib: pure([]),
  quantum: pure(['lib']),
  // Sifting sorts by the settings, whose names and angles are quantum's.
  distill: pure(['lib', 'quantum/settings.ts']),
  otp: pure(['lib']),
  wire: pure(['lib', 'quantum']),
  // The binding's frames are written by the reader and writer of wire.
  pairing: pure(['lib', 'otp', 'wire/codec.ts']),
  protocol: pure(['lib', 'quantum', 'distill', 'otp', 'pairing', 'wire']),
  world: pure(['lib', 'quantum', 'distill', 'otp', 'pairing', 'wire', 'protocol']),
  storage: { from: ['lib', 'protocol'], packages: [...NOBLE, 'idb'], pure: false },
  worker: {
    from: ['lib', 'quantum', 'distill', 'otp', 'pairing', 'wire', 'protocol', 'world', 'storage'],
    packages: [...NOBLE, 'comlink'],
    pure: false,
  },
  network: { from: ['lib', 'wire', 'signaling/messages.ts'], packages: ['simple-peer', 'simple-peer/'], pure: false },
  app: {
    // What a receipt's file looks like is the protocol's; the page hands it to the person.
    from: ['lib', 'network', 'worker/api.ts', 'worker/connect.ts', 'protocol/receipt-file.ts'],
    typesFrom: ['protocol'],
    packages: ['solid-js', 'solid-js/'],
    pure: false,
  },
  ui: {
    from: ['lib', 'app'],
    packages: ['solid-js', 'solid-js/', '@solid-primitives/keyed', 'lean-qr/nano'],
    pure: false,
  },
}

/** Of the signaling server: what is said and who hears it are pure; the rest is Node's. */
export const SIGNALING: Room = { from: ['lib'], packages: ['ws', 'node:'], pure: false }
export const PURE_SIGNALING = ['signaling/messages.ts', 'signaling/rooms.ts', 'signaling/limits.ts']
/** The one file there that can read what is relayed, and what it reads it with; a server without --eve never loads it. */
export const EAVESDROPPER = 'signaling/eavesdropper.ts'
export const EAVESDROPPING: Room = {
  from: ['lib', 'wire/frames.ts', 'pairing/signals.ts', 'protocol/messages.ts'],
  packages: [],
  pure: true,
}

/** Names that make a pure room depend on where, when or by what luck it runs. */
export const BANNED_IN_PURE_ROOMS = [
  'Math.random',
  'Date',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'requestAnimationFrame',
  'console',
  'crypto',
  'globalThis',
  'window',
  'self',
]

/** Impure rooms where keys are: chance must be the CSPRNG's. (A delay in network may be drawn as one likes.) */
export const ROOMS_WITH_KEYS = ['storage', 'worker']

export const LINES_MAX = 400
/** Lower case, words joined by hyphens, then what kind of file it is. */
export const FILE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.(d|test|worker|browser\.test))?\.[a-z0-9]+$/
/** A name that says nothing about its subject collects everything. */
export const EMPTY_NAME = /(^|-)(utils?|helpers?|manager|managers|common|misc|shared)(-|\.|$)/
