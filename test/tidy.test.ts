// The plan of the house, kept by a test: who may import whom, what a pure room may not touch, how files are named and
// how long they get.

import { describe, expect, test } from 'vitest'
import {
  BANNED_IN_PURE_ROOMS,
  EAVESDROPPER,
  EAVESDROPPING,
  EMPTY_NAME,
  FILE_NAME,
  LINES_MAX,
  PURE_SIGNALING,
  ROOMS,
  ROOMS_WITH_KEYS,
  type Room,
  SIGNALING,
} from './tidy/rooms.ts'
import { countLines, filesBelow, type Import, isCode, isTest, parseSource, readSource } from './tidy/sources.ts'

const files = filesBelow('src', 'signaling')
const sources = files.filter((path) => isCode(path) && !isTest(path)).map(readSource)

/** `src/quantum/chsh.ts` -> `quantum`; null for what lies in no room: main.tsx and what declares types. */
const roomName = (path: string): string | null => /^src\/([^/]+)\//.exec(path)?.[1] ?? null
/** As rooms and files are called in the table: without `src/`. */
const tableName = (path: string): string => path.replace(/^src\//, '')
const startsWithOneOf = (name: string, allowed: readonly string[]): boolean =>
  allowed.some((item) => name === item || (!item.endsWith('.ts') && name.startsWith(`${item}/`)))

function roomOf(path: string): { readonly name: string; readonly room: Room } | null {
  if (path === EAVESDROPPER) return { name: 'signaling', room: EAVESDROPPING }
  if (path.startsWith('signaling/')) return { name: 'signaling', room: SIGNALING }
  const name = roomName(path)
  const room = name === null ? undefined : ROOMS[name]
  return name === null || room === undefined ? null : { name, room }
}

function mayImport(path: string, { path: target, specifier, isType }: Import): boolean {
  const place = roomOf(path)
  if (place === null) return true
  const { name, room } = place
  if (target === null) {
    return room.packages.some((item) => specifier === item || (/[/:]$/.test(item) && specifier.startsWith(item)))
  }
  const other = tableName(target)
  if (other.startsWith(`${name}/`)) return true
  return startsWithOneOf(other, room.from) || (isType && startsWithOneOf(other, room.typesFrom ?? []))
}

describe('rooms', () => {
  test('every folder of src is a room of the table', () => {
    const names = new Set(files.map(roomName).filter((name) => name !== null))
    expect([...names].filter((name) => ROOMS[name] === undefined)).toEqual([])
  })

  test('the table has no arrow that points back', () => {
    const names = Object.keys(ROOMS)
    const back = names.flatMap((name, place) =>
      [...(ROOMS[name]?.from ?? []), ...(ROOMS[name]?.typesFrom ?? [])]
        .map((item) => item.split('/')[0] ?? '')
        .filter((from) => from !== 'signaling' && (names.indexOf(from) < 0 || names.indexOf(from) >= place))
        .map((from) => `${name} -> ${from}`),
    )
    expect(back).toEqual([])
  })

  test('import only what the table lets them', () => {
    const broken = sources.flatMap(({ path, imports }) =>
      imports
        .filter((item) => !mayImport(path, item))
        .map(({ specifier, line, isType }) => {
          const { from, typesFrom = [], packages } = roomOf(path)?.room ?? { from: [], packages: [] }
          const types = typesFrom.length > 0 ? `, types of ${typesFrom.join(', ')}` : ''
          const may = `it may import ${[...from, ...packages].join(', ') || 'nothing'}${types}`
          return `${path}:${line} imports ${isType ? 'types of ' : ''}${specifier}; ${may}`
        }),
    )
    expect(broken).toEqual([])
  })

  test('import no test and nothing that only tests use', () => {
    const broken = sources.flatMap(({ path, imports }) =>
      imports
        .filter((item) => item.path !== null && isTest(item.path))
        .map((item) => `${path}:${item.line} imports ${item.specifier}`),
    )
    expect(broken).toEqual([])
  })

  test('load what can read the public channel only when it is asked for', () => {
    const broken = sources.flatMap(({ path, imports }) =>
      imports
        .filter((item) => item.path === EAVESDROPPER && !item.isType && !item.isLate)
        .map(({ line }) => `${path}:${line} imports ${EAVESDROPPER}; load it by import()`),
    )
    expect(broken).toEqual([])
    const loads = sources.filter(({ imports }) => imports.some((item) => item.path === EAVESDROPPER && item.isLate))
    expect(loads.map(({ path }) => path)).toEqual(['signaling/main.ts'])
  })

  test('import our files by a name with its extension, and files that exist', () => {
    const known = new Set(filesBelow('src', 'signaling', 'test'))
    const broken = sources.flatMap(({ path, imports }) =>
      imports
        .filter((item) => item.path !== null && !known.has(item.path))
        .map((item) => `${path}:${item.line} imports ${item.specifier}, which is no file`),
    )
    expect(broken).toEqual([])
  })

  test('have no cycle of imports, types excepted', () => {
    expect(findCycles()).toEqual([])
  })
})

describe('pure rooms', () => {
  const isPure = (path: string) => (roomOf(path)?.room.pure ?? false) || PURE_SIGNALING.includes(path)

  test('have no clock, chance, timer, console or global of their own', () => {
    const broken = sources
      .filter(({ path }) => isPure(path))
      .flatMap(({ path, mentions }) =>
        mentions
          .filter(({ name }) => BANNED_IN_PURE_ROOMS.includes(name))
          .map(({ name, line }) => `${path}:${line} uses ${name}; take it as an argument`),
      )
    expect(broken).toEqual([])
  })

  test('import no package of Node', () => {
    const broken = sources
      .filter(({ path }) => isPure(path))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ specifier }) => /^(node:|ws$)/.test(specifier))
          .map(({ specifier, line }) => `${path}:${line} imports ${specifier}`),
      )
    expect(broken).toEqual([])
  })

  test('and the rooms with keys draw no chance from Math.random', () => {
    const broken = sources
      .filter(({ path }) => ROOMS_WITH_KEYS.includes(roomName(path) ?? ''))
      .flatMap(({ path, mentions }) =>
        mentions
          .filter(({ name }) => name === 'Math.random')
          .map(({ name, line }) => `${path}:${line} uses ${name}; take the CSPRNG`),
      )
    expect(broken).toEqual([])
  })
})

describe('files', () => {
  const ours = filesBelow('src', 'signaling', 'scripts', 'bench', 'test').filter((path) => !path.includes('/vectors/'))
  const nameOf = (path: string) => path.split('/').at(-1) ?? path

  test(`are no longer than ${LINES_MAX} lines, tests excepted`, () => {
    const long = ours
      .filter((path) => isCode(path) && !isTest(path) && !path.startsWith('test/'))
      .map((path) => ({ path, lines: countLines(path) }))
      .filter(({ lines }) => lines > LINES_MAX)
    expect(long.map(({ path, lines }) => `${path} has ${lines} lines: it has more than one subject`)).toEqual([])
  })

  test('have names in lower case, with hyphens', () => {
    const named = ours.filter((path) => isCode(path) || path.endsWith('.css'))
    expect(named.filter((path) => !FILE_NAME.test(nameOf(path)))).toEqual([])
  })

  test('have names that say what is in them', () => {
    expect(ours.filter((path) => path.split('/').some((part) => EMPTY_NAME.test(part)))).toEqual([])
  })
})

describe('this test', () => {
  const text = [
    "import type { A } from '../protocol/a.ts'",
    "import { type B, c } from '../protocol/b.ts'",
    "export * from './d.ts'",
    "const e: import('../quantum/e.ts').E = await import('./f.ts')",
    "// Math.random() and 'Date.now()' in words",
    "const g = { Date: 1, console: 'Math.random' }.Date + c.crypto + Math.random() + Date.now()",
  ].join('\n')

  test('sees every way to import, and which are types', () => {
    const { imports } = parseSource('src/app/x.ts', text)
    expect(imports.map(({ path, isType, line }) => [path, isType, line])).toEqual([
      ['src/protocol/a.ts', true, 1],
      ['src/protocol/b.ts', false, 2],
      ['src/app/d.ts', false, 3],
      ['src/quantum/e.ts', true, 4],
      ['src/app/f.ts', false, 4],
    ])
    expect(imports.map((item) => mayImport('src/app/x.ts', item))).toEqual([true, false, true, false, true])
  })

  test('sees what is used, not what is only spoken of', () => {
    const { mentions } = parseSource('src/lib/x.ts', text)
    expect(mentions.map(({ name }) => name).filter((name) => BANNED_IN_PURE_ROOMS.includes(name))).toEqual([
      'Math.random',
      'Date',
    ])
  })
})

/** Cycles of imports as `a -> b -> a`. Types don't count: nothing of them is there when the program runs. */
function findCycles(): readonly string[] {
  const targets = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports
        .filter((item) => !item.isType)
        .map((item) => item.path)
        .filter((item) => item !== null),
    ]),
  )
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, way: readonly string[]): void => {
    const at = way.indexOf(path)
    if (at >= 0) cycles.push([...way.slice(at), path].join(' -> '))
    if (at >= 0 || done.has(path)) return
    for (const target of targets.get(path) ?? []) visit(target, [...way, path])
    done.add(path)
  }
  for (const { path } of sources) visit(path, [])
  return cycles
}
