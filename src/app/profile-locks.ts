// A tab's hold on its profile: a Web Lock, which the browser takes away when the tab ends, however it ends. What the
// tab was stands in its sessionStorage; between tabs goes one word, "let go", when a person wants the profile elsewhere.
// Locks keep tabs polite. What keeps a tab that lost its profile from writing is the epoch of the database (storage).

import { assert } from '../lib/assert.ts'
import { chooseProfile, type ProfileFacts } from './profile-choice.ts'

export interface HeldProfile {
  readonly type: 'held'
  readonly profile: string
  /** Name of the profile's database. */
  readonly database: string
}

/** Another tab holds it. It can be moved here; and nobody holds the others. */
export interface OfferedProfile {
  readonly type: 'offered'
  readonly profile: string
  readonly others: readonly string[]
}

export interface ProfileHooks {
  /** The profile is wanted in another tab: resolves when nothing here uses it any more. */
  letGo(): Promise<void>
  /** The profile is in another tab now: after `letGo`, or without it where this tab didn't answer in time. */
  moved(): void
}

export interface ProfileWishes {
  /** By `?profile=`. */
  readonly asked: string | null
  /** Whether the invite in the address was made by a profile of one of these databases; null without an invite. */
  readonly isInviteOf: ((databases: readonly string[]) => Promise<boolean>) | null
}

const PREFIX = 'sequre-chat/'
const REMEMBERED = 'sequre-chat.profile'
const LEFT = 'sequre-chat.left'
/** A tab that answers has stored what it had under way by then; one that doesn't is frozen or hangs. */
const HANDOVER_MS_MAX = 3_000

export class ProfileLocks {
  readonly #hooks: ProfileHooks
  readonly #channel = new BroadcastChannel(`${PREFIX}profiles`)
  #held: { readonly profile: string; readonly release: () => void } | null = null

  constructor(hooks: ProfileHooks) {
    this.#hooks = hooks
    this.#channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data === this.#held?.profile) void this.#letGo()
    })
    addEventListener('pagehide', () => {
      if (this.#held !== null) remember(LEFT, 'yes')
    })
    // A page that comes back as it was never left.
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted) remember(LEFT, null)
    })
  }

  /** A profile for this tab, or the offer of one. */
  async take({ asked, isInviteOf }: ProfileWishes): Promise<HeldProfile | OfferedProfile> {
    let left = recall(LEFT) !== null
    remember(LEFT, null)
    let invite: ProfileFacts['invite'] = isInviteOf === null ? 'none' : 'unread'
    for (;;) {
      const [known, held] = await Promise.all([knownProfiles(), heldProfiles()])
      const choice = chooseProfile({ asked, remembered: recall(REMEMBERED), left, known, held, invite })
      switch (choice.type) {
        case 'take': {
          const held = await this.#hold(choice.profile, patient(choice.patienceMs))
          if (held !== null) return held
          // Another tab was quicker, or the old page of this one is none of this one.
          left = false
          break
        }
        case 'readInvite':
          invite = (await isInviteOf?.(choice.profiles.map(databaseOf))) ? 'theirs' : 'other'
          break
        case 'offer':
          remember(REMEMBERED, null)
          return { type: 'offered', profile: choice.profile, others: choice.others }
      }
    }
  }

  /** Has an offered profile here, whoever holds it: a person wants it so. */
  async move(profile: string): Promise<HeldProfile> {
    this.#channel.postMessage(profile)
    const held = (await this.#hold(profile, patient(HANDOVER_MS_MAX))) ?? (await this.#hold(profile, { steal: true }))
    assert(held !== null, 'a stolen lock to be granted')
    return held
  }

  /** Null when it can't be had in time. */
  #hold(profile: string, options: LockOptions): Promise<HeldProfile | null> {
    const held = { type: 'held', profile, database: databaseOf(profile) } as const
    return new Promise((resolve) => {
      let isGranted = false
      const request = navigator.locks.request(lockOf(profile), options, (lock) => {
        if (lock === null) return
        isGranted = true
        remember(REMEMBERED, profile)
        resolve(held)
        return new Promise<void>((release) => {
          this.#held = { profile, release }
        })
      })
      request.then(
        () => (isGranted ? this.#onOver() : resolve(null)),
        (error: unknown) => {
          if (isGranted) return this.#onOver()
          // Where the browser denies locks it denies storage too: then there is nothing that tabs could have in common.
          const inTime = !(error instanceof DOMException && error.name === 'TimeoutError')
          resolve(inTime ? held : null)
        },
      )
    })
  }

  async #letGo(): Promise<void> {
    const held = this.#held
    this.#held = null
    await this.#hooks.letGo()
    held?.release()
  }

  /** Let go of, or stolen. */
  #onOver(): void {
    this.#held = null
    remember(REMEMBERED, null)
    this.#hooks.moved()
  }
}

const lockOf = (profile: string): string => `${PREFIX}profile/${profile}`
const databaseOf = (profile: string): string => `${PREFIX}${profile}`

const patient = (ms: number): LockOptions => (ms === 0 ? { ifAvailable: true } : { signal: AbortSignal.timeout(ms) })

/** By their databases, where the browser lists them. */
async function knownProfiles(): Promise<readonly string[]> {
  const databases = await indexedDB.databases().catch(() => [])
  return profilesIn(databases, PREFIX)
}

/** Those about to be held are counted: a tab that waits for its own is one of them. */
async function heldProfiles(): Promise<ReadonlySet<string>> {
  const { held = [], pending = [] } = await navigator.locks.query().catch(() => ({ held: [], pending: [] }))
  return new Set(profilesIn([...held, ...pending], lockOf('')))
}

const profilesIn = (named: readonly { readonly name?: string }[], prefix: string): readonly string[] =>
  named.flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : [])).sort()

function recall(key: string): string | null {
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null
  }
}

/** Where the browser denies it, a reload is a new tab. */
function remember(key: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, value)
  } catch {
    // Nothing to be done.
  }
}
