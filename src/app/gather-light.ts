// A burst of fibre frames comes as many events of the page, one a task. Told to the vault one by one, each would cost
// both threads another task, while the answer needs all of them anyway: what is queued together is told together.
// Whatever isn't light goes at once, after the light that came before it. No timer: a hidden page's are throttled.

import type { FromPage } from '../worker/api.ts'

type Tell = (events: readonly FromPage[]) => void

export function gatherLight(tell: Tell): (event: FromPage) => void {
  let waiting: FromPage[] = []
  const { port1, port2 } = new MessageChannel()
  const flush = (): void => {
    if (waiting.length === 0) return
    const events = waiting
    waiting = []
    tell(events)
  }
  port1.onmessage = flush
  return (event) => {
    waiting.push(event)
    if (event.type !== 'fibre') flush()
    else if (waiting.length === 1) port2.postMessage(null)
  }
}
