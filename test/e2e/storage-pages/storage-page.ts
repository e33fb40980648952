// The page in which the storage is tried. It works in a worker, as in the app: storage.test.ts calls the experiments
// there by name and judges their plain answers.

import '../../../src/ui/trusted-types.ts'
import { wrap } from 'comlink'

type Said = 'ready' | { readonly committed: number }

function startWorker(onReady: (worker: Worker) => void): Worker {
  const worker = new Worker(new URL('./storage.worker.ts', import.meta.url), { type: 'module' })
  worker.addEventListener('message', ({ data }: MessageEvent<Said>) => {
    if (data === 'ready') onReady(worker)
  })
  return worker
}

/** Has a worker commit without end and kills it after some; gives back the last that it said was on the disk. */
function killed(name: string, commits: number): Promise<number> {
  return new Promise((resolve) => {
    const worker = startWorker(() => {
      void wrap<{ commitForEver(name: string): Promise<void> }>(worker).commitForEver(name)
    })
    worker.addEventListener('message', ({ data }: MessageEvent<Said>) => {
      if (typeof data !== 'object' || !('committed' in data) || data.committed < commits) return
      worker.terminate()
      resolve(data.committed)
    })
  })
}

const page = { killed }

export type StoragePage = typeof page

startWorker((worker) => Object.assign(globalThis, page, { experiments: wrap(worker) }))
