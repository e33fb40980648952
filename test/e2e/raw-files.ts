// Searches a browser's profile folder for secrets, in every way in which they could stand there.
//
// LevelDB's log holds values as they are. Its tables are compressed by Snappy, which copies what it sees for the first
// time literally: a secret of random bytes, or of their letters, has nothing in it that was seen before, so it stands
// there in one piece. A search proves little by itself: put a secret there in the open too, and see that it is found.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Files in which a secret stands, as paths below the folder. */
export function filesWith(folder: string, secret: string | Uint8Array): readonly string[] {
  const forms = typeof secret === 'string' ? formsOfText(secret) : formsOfBytes(Buffer.from(secret))
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const content = readFileSync(path)
      return forms.some((form) => content.includes(form))
    })
    .map((path) => path.slice(folder.length + 1))
}

const formsOfText = (text: string): readonly Buffer[] => [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')]

const formsOfBytes = (bytes: Buffer): readonly Buffer[] => [
  bytes,
  ...(['hex', 'base64url', 'base64'] as const).flatMap((form) => formsOfText(bytes.toString(form).replace(/=+$/, ''))),
]
