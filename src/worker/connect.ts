// The page's end of the worker: starts it, calls it, hears of its end. A call to a worker that has died rejects instead
// of waiting for ever.

import { transfer, wrap } from 'comlink'
import type { FromPage, Opened, ToPage, Vault, VaultConfig } from './api.ts'

export interface VaultConnection {
  /** Calls wait until it is open. */
  readonly vault: Omit<Vault, 'open' | 'isInviteOf'>
  open(config: VaultConfig): Promise<Opened>
  isInviteOf: Vault['isInviteOf']
  tell(events: readonly FromPage[]): void
  /** Ends the worker and everything in it. */
  abort(): void
}

export interface VaultEvents {
  events(events: readonly ToPage[]): void
  /** The worker could not be started, crashed, or said something that can't be read. Called once. */
  crashed(): void
}

export function connectVault(on: VaultEvents): VaultConnection {
  const worker = new Worker(new URL('./vault.worker.ts', import.meta.url), { type: 'module', name: 'vault' })
  const { port1: port, port2: theirs } = new MessageChannel()
  const crash = makeCrash(on)
  worker.onerror = crash.happened
  worker.onmessageerror = crash.happened
  port.onmessageerror = crash.happened
  port.onmessage = ({ data }: MessageEvent<readonly ToPage[]>) => on.events(data)
  const remote = wrap<Vault>(worker)
  let isOpen: (opened: Opened) => void = () => {}
  const opened = new Promise<Opened>((resolve) => {
    isOpen = resolve
  })
  const call = <R>(answer: () => R): Promise<Awaited<R>> => Promise.race([opened.then(answer), crash.rejection])
  return {
    open(config) {
      remote.open(config, transfer(theirs, [theirs])).then(isOpen, crash.happened)
      return Promise.race([opened, crash.rejection])
    },
    isInviteOf: (fragment, databases) => Promise.race([remote.isInviteOf(fragment, databases), crash.rejection]),
    vault: {
      newChat: (name, mode) => call(() => remote.newChat(name, mode)),
      inspectInvite: (fragment) => call(() => remote.inspectInvite(fragment)),
      join: (fragment, name) => call(() => remote.join(fragment, name)),
      write: (conversation, text) => call(() => remote.write(conversation, text)),
      retry: (conversation, id) => call(() => remote.retry(conversation, id)),
      cancel: (conversation, id) => call(() => remote.cancel(conversation, id)),
      saveText: (of, text) => call(() => remote.saveText(of, text)),
      close: () => call(() => remote.close()),
      leave: (conversation) => call(() => remote.leave(conversation)),
      setEve: (eve) => call(() => remote.setEve(eve)),
      cost: (conversation, textBytes) => call(() => remote.cost(conversation, textBytes)),
    },
    tell: (events) => port.postMessage(events, buffersOf(events)),
    abort() {
      worker.terminate()
      port.close()
    },
  }
}

function makeCrash(on: VaultEvents) {
  let happened = false
  let reject: (reason: Error) => void = () => {}
  const rejection = new Promise<never>((_, fail) => {
    reject = fail
  })
  // Whoever calls hears of it; a crash while nobody calls is told by `crashed` alone.
  rejection.catch(() => {})
  return {
    rejection,
    happened() {
      if (happened) return
      happened = true
      reject(new Error('the vault has ended'))
      on.crashed()
    },
  }
}

/** What came from a socket is handed over, not copied: each buffer once, and only where it holds nothing else. */
function buffersOf(events: readonly FromPage[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  for (const event of events) {
    if ('bytes' in event && event.bytes.byteLength === event.bytes.buffer.byteLength) buffers.add(event.bytes.buffer)
  }
  return [...buffers]
}
