// The page that the bench opens: hands the measurements of the worker to whoever drives the browser.

import type { Measured } from './physics.worker.ts'

declare global {
  interface Window {
    measure: () => Promise<readonly Measured[]>
  }
}

window.measure = () =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./physics.worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = ({ message }) => reject(new Error(message))
    worker.postMessage('go')
  })
