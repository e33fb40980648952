// The installed app's end of the service worker: registers it, and hears when a newer version of the app lies ready. A
// newer one is offered, never forced: it takes over when the person says so, and then this page loads anew.

/** How often a page that stays open asks whether there is a newer version. */
const ASK_EVERY_MS = 3_600_000

export interface InstalledApp {
  /** Lets the newer version take over and loads the page anew. */
  update(): void
}

/** `ready` is called when a newer version waits, or has taken over at the wish of another tab. */
export function installApp(ready: () => void): InstalledApp {
  // Vite's development server has no service worker, nor has a page that isn't secure.
  if (import.meta.env.DEV || !('serviceWorker' in navigator)) return { update: () => location.reload() }
  const { serviceWorker } = navigator
  let registration: ServiceWorkerRegistration | null = null
  // Another tab let it take over.
  serviceWorker.addEventListener('controllerchange', () => ready())
  register(ready).then(
    (registered) => {
      registration = registered
      setInterval(() => registered.update().catch(() => undefined), ASK_EVERY_MS)
    },
    // Without it the app works as a page does: nothing to tell the person.
    () => undefined,
  )
  return {
    update() {
      const waiting = registration?.waiting
      if (!waiting) return location.reload()
      waiting.addEventListener('statechange', () => {
        if (waiting.state === 'activated') location.reload()
      })
      waiting.postMessage({ type: 'SKIP_WAITING' })
    },
  }
}

async function register(ready: () => void): Promise<ServiceWorkerRegistration> {
  const { serviceWorker } = navigator
  // What the first message needs is fetched first.
  if (document.readyState !== 'complete')
    await new Promise((resolve) => addEventListener('load', resolve, { once: true }))
  const registration = await serviceWorker.register('/sw.js', { updateViaCache: 'none' })
  const watch = (worker: ServiceWorker | null): void => {
    const look = (): void => {
      // A first installation is no newer version.
      if (worker?.state === 'installed' && registration.active !== null) ready()
    }
    worker?.addEventListener('statechange', look)
    look()
  }
  watch(registration.waiting)
  watch(registration.installing)
  registration.addEventListener('updatefound', () => watch(registration.installing))
  return registration
}
