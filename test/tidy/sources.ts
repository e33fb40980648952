// The source files as the tidy test sees them: parsed, with what each imports and which globals it speaks of.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'vite'

export interface Import {
  /** As it is written. */
  readonly specifier: string
  /** Path from the repository's root when it is a file of ours, null when it is a package. */
  readonly path: string | null
  /** Whether nothing of it is there when the program runs. */
  readonly isType: boolean
  /** Whether it is there only once the program asks for it: `import()`. */
  readonly isLate: boolean
  readonly line: number
}

export interface Mention {
  /** A name, or `object.property`. */
  readonly name: string
  readonly line: number
}

export interface Source {
  /** Path from the repository's root, with forward slashes. */
  readonly path: string
  readonly lines: number
  readonly imports: readonly Import[]
  readonly mentions: readonly Mention[]
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string; readonly start: number }

const root = fileURLToPath(new URL('../..', import.meta.url))

/** All files below these folders, as paths from the root. */
export function filesBelow(...folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replaceAll('\\', '/'))
      .sort(),
  )
}

export const isCode = (path: string): boolean => /\.(tsx?|mjs)$/.test(path) && !path.endsWith('.d.ts')
export const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path) || /(^|\/)testing\.ts$/.test(path)

export const countLines = (path: string): number => readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length

export const readSource = (path: string): Source => parseSource(path, readFileSync(join(root, path), 'utf8'))

/** Parses one file; a file that can't be parsed is a failure with its name in it. */
export function parseSource(path: string, text: string): Source {
  const { program, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path} could not be parsed: ${errors[0]?.message}`)
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length
  const imports: Import[] = []
  const mentions: Mention[] = []
  walk(program as unknown as Node, null, '', (node, parent, key) => {
    const specifier = specifierOf(node)
    if (specifier !== null) {
      const line = lineOf(node.start)
      const isLate = node.type === 'ImportExpression'
      imports.push({ specifier, path: resolve(path, specifier), isType: isTypeImport(node), isLate, line })
    }
    const name = mentionOf(node, parent, key)
    if (name !== null) mentions.push({ name, line: lineOf(node.start) })
  })
  return { path, lines: text.trimEnd().split('\n').length, imports, mentions }
}

function walk(
  node: Node,
  parent: Node | null,
  key: string,
  visit: (node: Node, parent: Node | null, key: string) => void,
): void {
  visit(node, parent, key)
  for (const [name, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, node, name, visit)
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

/** What `import`, `export ... from`, `import()` and the type `import('...')` name. */
function specifierOf(node: Node): string | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return literal(node['source'])
    default:
      return null
  }
}

const literal = (value: unknown): string | null =>
  isNode(value) && value.type === 'Literal' && typeof value['value'] === 'string' ? value['value'] : null

function isTypeImport(node: Node): boolean {
  if (node.type === 'TSImportType' || node['importKind'] === 'type' || node['exportKind'] === 'type') return true
  const specifiers = (node['specifiers'] ?? []) as readonly Node[]
  const isType = (specifier: Node) => specifier['importKind'] === 'type' || specifier['exportKind'] === 'type'
  return specifiers.length > 0 && specifiers.every(isType)
}

function resolve(from: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null
  return normalize(join(dirname(from), specifier.replace(/\?.*$/, ''))).replaceAll('\\', '/')
}

/** `name` where an identifier stands for a value, `object.property` where two do; not names of members and keys. */
function mentionOf(node: Node, parent: Node | null, key: string): string | null {
  if (node.type === 'MemberExpression' && node['computed'] === false) {
    const { object, property } = node
    const isPlain = isNode(object) && object.type === 'Identifier' && isNode(property)
    return isPlain ? `${String(object['name'])}.${String(property['name'])}` : null
  }
  if (node.type !== 'Identifier') return null
  const isMember = parent?.type === 'MemberExpression' && key === 'property' && parent['computed'] === false
  const isKey = key === 'key' && parent?.['computed'] !== true
  return isMember || isKey ? null : String(node['name'])
}
