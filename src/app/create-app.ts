// The app behind the screens: joins the vault in its worker with the network of this page, and holds what is drawn.
// One a page; it lives as long as the page.

import { batch, mergeProps } from 'solid-js'
import type { Shown } from '../protocol/events.ts'
import type { OwnEve } from '../protocol/receipt.ts'
import type { RoomMode } from '../protocol/records.ts'
import type { OwnText, ToPage } from '../worker/api.ts'
import type { VaultConnection } from '../worker/connect.ts'
import { type AppParts, browserParts } from './browser-parts.ts'
import { waitingMessages, withInvite, withNotice, withoutNotices } from './chat-state.ts'
import { type Chats, createChats } from './create-chats.ts'
import { createEve, type Eve } from './create-eve.ts'
import { createNetwork, type Network } from './create-network.ts'
import { type Drawing, makeDrawing } from './drawing.ts'
import { createFields } from './fields.ts'
import { gatherLight } from './gather-light.ts'
import type { InstalledApp } from './installed-app.ts'
import { asksForNewChat, forgetFragment, inviteFragment, inviteLink } from './page-address.ts'
import { checkPage } from './page-checks.ts'
import type { HeldProfile } from './profile-locks.ts'
import { ENDED, whyNotSent } from './sentences.ts'
import type { App, AppNoticeReason, AppState, Notice, Screen } from './state.ts'
import { parseUrlFlags, type UrlFlags } from './url-flags.ts'

interface Own {
  screen: Screen
  notices: readonly Notice[]
  name: string
  texts: ReadonlyMap<string, string>
  newerVersion: boolean
  ended: string | null
}

export function createApp(parts: AppParts = browserParts()): App {
  const flags = parseUrlFlags(location.search)
  const obstacle = checkPage(globalThis)
  const app = new BrowserApp(parts, flags, obstacle)
  void app.begin()
  return app
}

class BrowserApp implements App {
  readonly state: AppState
  readonly #own
  readonly #set
  readonly #chats: Chats = createChats()
  readonly #drawing: Drawing = makeDrawing(this.#chats.show)
  readonly #network: Network
  readonly #eve: Eve
  readonly #installed: InstalledApp
  readonly #parts: AppParts
  readonly #flags: UrlFlags
  readonly #profiles: ReturnType<AppParts['profiles']>
  /** Null where the page can't run it. */
  #vault: VaultConnection | null
  /** Of the invite that the join screen asks about. */
  #fragment: string | null = null
  /** The person who this tab is. */
  #profile = ''

  constructor(parts: AppParts, flags: UrlFlags, obstacle: Notice | null) {
    const { fields: own, set } = createFields<Own>({
      screen: { type: obstacle === null ? 'opening' : 'start' },
      notices: [],
      name: '',
      texts: new Map(),
      newerVersion: false,
      ended: null,
    })
    this.#own = own
    this.#set = set
    this.#parts = parts
    this.#flags = flags
    this.#profiles = parts.profiles({ letGo: () => this.#letGo(), moved: () => this.#moved() })
    this.#eve = createEve(flags.eve)
    const chats = this.#chats
    const eve = this.#eve
    this.state = mergeProps(own, {
      get chats() {
        return chats.chats
      },
      get eve() {
        return eve.state
      },
    })
    this.#network = createNetwork(parts.network, {
      tell: gatherLight((events) => this.#vault?.tell(events)),
      serverAway: (conversation, away) => this.#setServerAway(conversation, away),
    })
    this.#installed = parts.installApp(() => set({ newerVersion: true }))
    for (const flag of flags.bad) this.#notice('bad-url', flag)
    if (obstacle !== null) this.#notice(obstacle.reason, obstacle.detail)
    this.#vault = obstacle === null ? this.#connect() : null
  }

  async begin(): Promise<void> {
    if (this.#vault === null) return
    addEventListener('hashchange', () => {
      // An invite may say who this tab is to be.
      if (this.#own.screen.type === 'elsewhere') void this.#takeProfile()
      else void this.#readAddress()
    })
    addEventListener('online', () => this.#setOffline(false))
    addEventListener('offline', () => this.#setOffline(true))
    addEventListener('beforeunload', (event) => {
      if (this.#chats.chats.some((chat) => waitingMessages(chat) > 0)) event.preventDefault()
    })
    // So that the other side hears of it at once.
    addEventListener('pagehide', ({ persisted }) => {
      if (!persisted) this.#network.leaveAll()
    })
    this.#setOffline(navigator.onLine === false)
    await this.#takeProfile()
  }

  update(): void {
    this.#installed.update()
  }

  setName(name: string): void {
    this.#set({ name })
    void this.#ask((vault) => vault.saveText('name' satisfies OwnText, name))
  }

  async useHere(profile: string | null): Promise<void> {
    this.#set({ screen: { type: 'opening' } })
    const held = profile === null ? await this.#somebodyElse() : await this.#profiles.move(profile)
    await this.#open(held)
  }

  saveText(of: string, text: string): void {
    void this.#ask((vault) => vault.saveText(of, text))
  }

  async newChat(mode: RoomMode): Promise<void> {
    const made = await this.#ask((vault) => vault.newChat(this.#own.name, mode))
    if (made === null) return
    if (!made.ok) return this.#notice('storage', null)
    const { conversation, fragment } = made.value
    batch(() => {
      this.#chats.update(conversation, (chat) => withInvite(chat, inviteLink(location.origin, fragment)))
      this.openChat(conversation)
    })
    void this.#parts.keepStorage()
  }

  async joinChat(): Promise<void> {
    const fragment = this.#fragment
    if (fragment === null) return
    const joined = await this.#ask((vault) => vault.join(fragment, this.#own.name))
    if (joined === null) return
    this.#forgetInvite()
    if (joined.ok) {
      this.#chats.update(joined.value.conversation, (chat) => chat)
      void this.#parts.keepStorage()
      return this.openChat(joined.value.conversation)
    }
    const { reason } = joined
    this.#notice(reason === 'invite-invalid' || reason === 'invite-own' ? reason : 'storage', null)
    this.showStart()
  }

  notNow(): void {
    this.#forgetInvite()
    this.showStart()
  }

  showAbout(): void {
    this.#set({ screen: { type: 'about' } })
  }

  showStart(): void {
    this.#set({ screen: { type: 'start' } })
  }

  openChat(conversation: string): void {
    this.#set({ screen: { type: 'chat', conversation } })
    void this.#ask((vault) => vault.saveText('last' satisfies OwnText, conversation))
  }

  async leaveChat(conversation: string): Promise<void> {
    await this.#ask((vault) => vault.leave(conversation))
    batch(() => {
      this.#chats.remove(conversation)
      this.#eve.forget(conversation)
      const { screen } = this.#own
      if (screen.type === 'chat' && screen.conversation === conversation) this.#showLast()
    })
  }

  async send(conversation: string, text: string): Promise<string | null> {
    const written = await this.#ask((vault) => vault.write(conversation, text))
    if (written === null) return whyNotSent('closed')
    if (!written.ok) return whyNotSent(written.reason)
    await this.#drawing.drawn(written.value.id)
    return null
  }

  async retry(conversation: string, id: string): Promise<void> {
    await this.#ask((vault) => vault.retry(conversation, id))
  }

  async cancel(conversation: string, id: string): Promise<void> {
    await this.#ask((vault) => vault.cancel(conversation, id))
  }

  async setEve(eve: OwnEve | null): Promise<void> {
    const done = await this.#ask((vault) => vault.setEve(eve).then(() => true))
    if (done) this.#eve.setOn(eve !== null)
  }

  closeNotice(conversation: string | null, reason: AppNoticeReason): void {
    if (conversation === null) this.#set({ notices: this.#own.notices.filter((notice) => notice.reason !== reason) })
    else this.#chats.update(conversation, (chat) => withoutNotices(chat, (notice) => notice.reason === reason))
  }

  async cost(conversation: string, textBytes: number): Promise<number | null> {
    return this.#ask((vault) => vault.cost(conversation, textBytes))
  }

  #connect(): VaultConnection | null {
    try {
      return this.#parts.connectVault({ events: (events) => this.#onEvents(events), crashed: () => this.#end() })
    } catch {
      // A policy of the browser forbids the worker.
      this.#set({ ended: ENDED })
      return null
    }
  }

  async #takeProfile(): Promise<void> {
    const fragment = inviteFragment(location.hash)
    const isInviteOf = async (databases: readonly string[]): Promise<boolean> => {
      const answer = await this.#vault?.isInviteOf(fragment ?? '', databases)
      if (answer === null) this.#notice('invite-invalid', null)
      return answer ?? false
    }
    const { profile } = this.#flags
    const taken = await this.#profiles.take({ asked: profile, isInviteOf: fragment === null ? null : isInviteOf })
    if (taken.type === 'held') return this.#open(taken)
    this.#set({ screen: { type: 'elsewhere', profile: taken.profile, others: taken.others } })
  }

  /** The first person who no tab is. */
  async #somebodyElse(): Promise<HeldProfile> {
    for (let number = 1; ; number++) {
      const taken = await this.#profiles.take({ asked: String(number), isInviteOf: null })
      if (taken.type === 'held') return taken
    }
  }

  /** This tab is a person now: what was kept of them begins again. */
  async #open({ profile, database }: HeldProfile): Promise<void> {
    this.#profile = profile
    const { mode, noise, eve } = this.#flags
    const opened = await this.#vault
      ?.open({ database, mode, publicChannel: 'relay', visibility: 1 - noise, eve })
      .catch(() => null)
    if (!opened) return this.#end()
    const { storage, texts, conversations, invites } = opened
    batch(() => {
      this.#set({ name: texts.get('name' satisfies OwnText) ?? '', texts })
      if (storage !== 'kept') this.#notice('storage', storage)
      for (const [conversation, fragment] of invites)
        this.#chats.update(conversation, (chat) => withInvite(chat, inviteLink(location.origin, fragment)))
      const last = texts.get('last' satisfies OwnText) ?? ''
      const open = conversations.includes(last) ? last : conversations[0]
      this.#set({ screen: open === undefined ? { type: 'start' } : { type: 'chat', conversation: open } })
    })
    await this.#readAddress()
  }

  /** Another tab wants to be this person. */
  async #letGo(): Promise<void> {
    this.#network.leaveAll()
    await this.#vault?.vault.close().catch(() => undefined)
  }

  /** Another tab is this person now. */
  #moved(): void {
    this.#network.leaveAll()
    this.#vault?.abort()
    batch(() => {
      this.#chats.clear()
      this.#set({ screen: { type: 'elsewhere', profile: this.#profile, others: [] }, notices: [] })
    })
    this.#vault = this.#connect()
  }

  /** An answer of the vault, or null when there is none to come: it has ended. */
  async #ask<T>(question: (vault: VaultConnection['vault']) => Promise<T>): Promise<T | null> {
    if (this.#vault === null || this.#own.ended !== null) return null
    try {
      return await question(this.#vault.vault)
    } catch {
      this.#end()
      return null
    }
  }

  #onEvents(events: readonly ToPage[]): void {
    // Frames first go out, then anything is drawn.
    const drawn = new Map<string, Shown[]>()
    batch(() => {
      for (const event of events) this.#onEvent(event, drawn)
      for (const [conversation, shown] of drawn) this.#drawing.show(conversation, shown)
    })
  }

  /** What is to be drawn is put to the rest of its conversation. */
  #onEvent(event: ToPage, drawn: Map<string, Shown[]>): void {
    const { conversation } = event
    switch (event.type) {
      case 'ended':
        this.#end()
        // Told to the browser's own record of errors: the sentence on the screen says nothing of where.
        reportError(new Error(`the vault ended: ${event.where}`))
        return
      case 'storage':
        return event.fault === 'taken' ? this.#moved() : this.#notice('storage', event.fault)
      case 'eavesdropped':
        return this.#eve.tell(conversation, event.report)
      case 'left':
        return this.#network.leave(conversation)
      case 'connection':
      case 'pairing':
      case 'message':
      case 'notStored':
      case 'progress':
      case 'notice':
      case 'noticeOver':
        drawn.set(conversation, drawn.get(conversation) ?? [])
        drawn.get(conversation)?.push(event)
        return
      default:
        return this.#network.carryOut(conversation, event)
    }
  }

  #end(): void {
    if (this.#own.ended !== null) return
    this.#set({ ended: ENDED })
    this.#network.leaveAll()
    this.#vault?.abort()
  }

  /** An invite in the address bar, at the start or put there later. */
  async #readAddress(): Promise<void> {
    if (asksForNewChat(location.hash)) {
      forgetFragment()
      return this.newChat('private')
    }
    const fragment = inviteFragment(location.hash)
    if (fragment === null) return
    const invite = await this.#ask((vault) => vault.inspectInvite(fragment))
    if (invite === null) return
    if (invite.ok) {
      this.#fragment = fragment
      this.#set({ screen: { type: 'join', mode: invite.value.mode } })
    } else {
      forgetFragment()
      this.#notice(invite.reason, null)
    }
  }

  #forgetInvite(): void {
    this.#fragment = null
    forgetFragment()
  }

  #showLast(): void {
    const last = this.#chats.chats.at(-1)
    if (last === undefined) this.showStart()
    else this.openChat(last.conversation)
  }

  #setOffline(offline: boolean): void {
    this.#chats.setOffline(offline)
    if (offline) this.#notice('offline', null)
    else this.closeNotice(null, 'offline')
  }

  #setServerAway(conversation: string, away: boolean): void {
    const notice: Notice = { reason: 'server-away', receipt: null, message: null, detail: null }
    if (away) this.#chats.update(conversation, (chat) => withNotice(chat, notice))
    else this.closeNotice(conversation, 'server-away')
  }

  #notice(reason: AppNoticeReason, detail: string | null): void {
    const notice: Notice = { reason, receipt: null, message: null, detail }
    const others = this.#own.notices.filter((other) => other.reason !== reason || other.detail !== detail)
    this.#set({ notices: [...others, notice] })
  }
}
