// What stands behind # in the address bar: an invite, or the wish for a new chat. An invite is a secret: it goes from
// here to the worker, and out of the address bar and the history as soon as the person has decided.

/** What stands behind # if it looks like an invite at all, else null. */
export function inviteFragment(hash: string): string | null {
  const fragment = hash.replace(/^#/, '')
  return /^i(=|%3D)/i.test(fragment) ? fragment : null
}

/** The installed app's shortcut. */
export const asksForNewChat = (hash: string): boolean => hash === '#new'

export function forgetFragment(): void {
  history.replaceState(history.state, '', `${location.pathname}${location.search}`)
}

/** The whole link of an invite; flags of this tab never enter it. */
export const inviteLink = (origin: string, fragment: string): string => `${origin}/#${fragment}`
