// Finding what was typed in a text, whatever the case and without regard to accents: "eve" finds "Évelyne", "strasse"
// finds "Straße". It does not look for words that are only alike.

export interface Found {
  readonly before: string
  readonly part: string
  readonly after: string
}

/** The accents of Latin, Greek and Cyrillic letters; the vowel signs of other scripts are letters. */
const ACCENTS = /[\u0300-\u036f]/g

/** Upper case, since that makes ß and SS, and both forms of a small sigma, the same. */
export const fold = (text: string): string => text.normalize('NFKD').replace(ACCENTS, '').toUpperCase()

/** The first place of an already folded text in another, as parts of that one as it was written; null: it isn't there. */
export function find(folded: string, text: string): Found | null {
  // Most texts have nothing: only in one that has is it looked where.
  if (folded === '' || !fold(text).includes(folded)) return null
  const { letters, ends, starts } = foldEach(text)
  const at = letters.indexOf(folded)
  if (at < 0) return null
  const [start, end] = [starts[at]!, ends[at + folded.length - 1]!]
  return { before: text.slice(0, start), part: text.slice(start, end), after: text.slice(end) }
}

/** For each letter of the folded text: where what it came from starts and ends. An accent belongs to the letter before. */
function foldEach(text: string): { letters: string; starts: number[]; ends: number[] } {
  let letters = ''
  let at = 0
  const starts: number[] = []
  const ends: number[] = []
  for (const character of text) {
    const folded = fold(character)
    if (folded === '' && ends.length > 0) ends[ends.length - 1] = at + character.length
    for (let i = 0; i < folded.length; i++) {
      starts.push(at)
      ends.push(at + character.length)
    }
    letters += folded
    at += character.length
  }
  return { letters, starts, ends }
}
