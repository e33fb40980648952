import { describe, expect, it } from 'vitest'
import { chooseProfile, type ProfileFacts } from './profile-choice.ts'

const facts = (some: Partial<ProfileFacts>): ProfileFacts => ({
  asked: null,
  remembered: null,
  left: false,
  known: [],
  held: new Set(),
  invite: 'none',
  ...some,
})

const take = (profile: string) => ({ type: 'take', profile, patienceMs: 0 })
const held = (...profiles: string[]) => new Set(profiles)

describe('a tab alone', () => {
  it('is the first person, whoever else there was', () => {
    expect(chooseProfile(facts({}))).toEqual(take('1'))
    expect(chooseProfile(facts({ known: ['1', '2', 'work'] }))).toEqual(take('1'))
  })

  it('is who it was: reloaded, restored, crashed', () => {
    for (const left of [true, false])
      expect(chooseProfile(facts({ remembered: '2', left, known: ['1', '2'] }))).toEqual(take('2'))
  })

  it('is whom its address asks for', () => {
    expect(chooseProfile(facts({ asked: 'work', remembered: '2' }))).toEqual(take('work'))
  })
})

describe('a second tab', () => {
  it('reads an invite before it decides, of those that are held', () => {
    const choice = chooseProfile(facts({ held: held('1', '2'), invite: 'unread' }))
    expect(choice).toEqual({ type: 'readInvite', profiles: ['1', '2'] })
  })

  it('with an invite of the first is the second person, and the same one every time', () => {
    for (const known of [['1'], ['1', '2'], ['1', '2', '3']])
      expect(chooseProfile(facts({ held: held('1'), invite: 'theirs', known }))).toEqual(take('2'))
  })

  it('becomes a third where two are there', () => {
    expect(chooseProfile(facts({ held: held('1', '2'), invite: 'theirs' }))).toEqual(take('3'))
  })

  it('with an invite of the second, while the first is away, is the first', () => {
    expect(chooseProfile(facts({ held: held('2'), invite: 'theirs' }))).toEqual(take('1'))
    expect(chooseProfile(facts({ held: held('2'), invite: 'theirs', remembered: '2' }))).toEqual(take('1'))
  })

  it('with somebody else’s invite, or none, is offered the first, and whoever is free', () => {
    for (const invite of ['none', 'other'] as const) {
      const choice = chooseProfile(facts({ held: held('1', '3'), known: ['1', '2', '3', 'work'], invite }))
      expect(choice).toEqual({ type: 'offer', profile: '1', others: ['2', 'work'] })
    }
  })

  it('that asks for a person who is held is offered that person, also with their own invite', () => {
    for (const invite of ['none', 'unread', 'theirs'] as const) {
      const choice = chooseProfile(facts({ asked: '2', held: held('2'), known: ['1', '2'], invite }))
      expect(choice).toEqual({ type: 'offer', profile: '2', others: ['1'] })
    }
  })

  it('that is a copy of the first (duplicated, opened by it) is a second tab like any other', () => {
    const copy = { remembered: '1', left: false, held: held('1'), known: ['1'] }
    expect(chooseProfile(facts(copy))).toEqual({ type: 'offer', profile: '1', others: [] })
    expect(chooseProfile(facts({ ...copy, invite: 'theirs' }))).toEqual(take('2'))
  })

  it('that is a copy of the second is offered the second', () => {
    const copy = { remembered: '2', left: false, held: held('1', '2'), known: ['1', '2'] }
    expect(chooseProfile(facts(copy))).toEqual({ type: 'offer', profile: '2', others: [] })
  })
})

describe('a reload', () => {
  it('waits for its old page to let go, and becomes nobody else meanwhile', () => {
    for (const invite of ['none', 'unread', 'theirs'] as const) {
      const choice = chooseProfile(facts({ remembered: '1', left: true, held: held('1'), invite }))
      expect(choice).toMatchObject({ type: 'take', profile: '1' })
      expect(choice).toHaveProperty(
        'patienceMs',
        expect.toSatisfy((ms: number) => ms > 0),
      )
    }
  })

  it('waits also where its address asks for the profile', () => {
    const choice = chooseProfile(facts({ asked: 'work', remembered: 'work', left: true, held: held('work') }))
    expect(choice).toEqual({ type: 'take', profile: 'work', patienceMs: 2_000 })
  })

  it('to another profile’s address doesn’t wait for that one', () => {
    const choice = chooseProfile(facts({ asked: 'work', remembered: '1', left: true, held: held('work') }))
    expect(choice).toEqual({ type: 'offer', profile: 'work', others: [] })
  })
})
