// Who is this tab? Each profile (a person: their chats, their database) is held by one live tab at most. The decision
// is made here, of facts; profile-locks.ts gets them and carries it out.
//
// - A first tab takes profile 1, or the one it remembers, or the one that `?profile=` asks for.
// - A second tab that opens an invite made by a profile which another tab holds becomes a second person by itself: the
//   lowest number that nobody holds. So it is the same second person every time, with the same chats.
// - Any other tab whose profile is held is offered to have it here ("Use it here"), and the profiles that nobody holds:
//   the way back to the second person after all tabs were closed (as is `?profile=2`).
// - A reload remembers, and may be there before its old page has let go: it waits for that. Only a tab that said goodbye
//   as this profile waits, and not for long. A tab that sits on the offer never waits for the profile, so it can't get
//   it while the other tab reloads.
// - "Duplicate tab" and `window.open` copy what a tab remembers, while the tab itself is still there: the copy did not
//   say goodbye, finds its profile held, and is a second tab like any other. It forgets what it was told to remember.
// - A crashed, discarded or killed tab said no goodbye either: nobody holds its profile, so it takes it.
// - A restored session: each tab remembers its own. Where one sat on the offer, the tab that comes first has the profile.

export interface ProfileFacts {
  /** By `?profile=`. */
  readonly asked: string | null
  /** What this tab was, or the tab that it is a copy of. */
  readonly remembered: string | null
  /** This tab said goodbye as what it remembers. */
  readonly left: boolean
  /** Profiles with a database. */
  readonly known: readonly string[]
  /** Profiles that other live tabs hold, or are about to. */
  readonly held: ReadonlySet<string>
  /** The invite in the address: there is none; not looked at; made by one of those that are held; made by none of them. */
  readonly invite: 'none' | 'unread' | 'theirs' | 'other'
}

export type ProfileChoice =
  | { readonly type: 'take'; readonly profile: string; readonly patienceMs: number }
  | { readonly type: 'readInvite'; readonly profiles: readonly string[] }
  | { readonly type: 'offer'; readonly profile: string; readonly others: readonly string[] }

const FIRST = '1'
/** For the old page of this very tab to end. */
const PATIENCE_MS = 2_000

export function chooseProfile(facts: ProfileFacts): ProfileChoice {
  const { asked, remembered, left, known, held, invite } = facts
  const profile = asked ?? remembered ?? FIRST
  if (!held.has(profile)) return take(profile)
  if (left && profile === remembered) return { ...take(profile), patienceMs: PATIENCE_MS }
  // Who asks for a person by name doesn't want to be another one.
  if (asked === null && invite === 'unread') return { type: 'readInvite', profiles: [...held] }
  if (asked === null && invite === 'theirs') return take(lowestFree(held))
  return { type: 'offer', profile, others: known.filter((other) => other !== profile && !held.has(other)) }
}

const take = (profile: string) => ({ type: 'take', profile, patienceMs: 0 }) as const

function lowestFree(held: ReadonlySet<string>): string {
  let number = Number(FIRST)
  while (held.has(String(number))) number += 1
  return String(number)
}
