import { describe, expect, it } from 'vitest'
import { find, fold } from './search-text.ts'

const found = (query: string, text: string) => {
  const one = find(fold(query), text)
  return one && [one.before, one.part, one.after]
}

describe('find', () => {
  it('gives the parts of the text as they were written', () => {
    expect(found('bench', 'At the BENCH, then')).toEqual(['At the ', 'BENCH', ', then'])
    expect(found('bench', 'no such thing')).toBe(null)
    expect(found('', 'anything')).toBe(null)
  })

  it('looks at neither case nor accents, on either side', () => {
    expect(found('eve', 'Évelyne')).toEqual(['', 'Éve', 'lyne'])
    expect(found('ÉVE', 'evening')).toEqual(['', 'eve', 'ning'])
    expect(found('σοφος', 'ΣΟΦΌΣ')).toEqual(['', 'ΣΟΦΌΣ', ''])
    expect(found('istanbul', 'İstanbul')).toEqual(['', 'İstanbul', ''])
  })

  it('marks whole characters where one letter is written as two, or two characters are one letter', () => {
    expect(found('strasse', 'in der Straße 5')).toEqual(['in der ', 'Straße', ' 5'])
    expect(found('s', 'ß')).toEqual(['', 'ß', ''])
    expect(found('cafe', 'a cafe\u0301 there')).toEqual(['a ', 'cafe\u0301', ' there'])
    expect(found('four', '🙂 four 🙂')).toEqual(['🙂 ', 'four', ' 🙂'])
  })

  it('keeps the vowel signs of other scripts apart', () => {
    expect(found('की', 'का')).toBe(null)
  })
})
