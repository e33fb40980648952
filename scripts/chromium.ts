// Finds a Chromium for the browser tests, installs one by the system's package manager where there is none, and prints
// its path. CHROMIUM_PATH goes before everything that is found.

import { spawnSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** Package managers and what they are told, the first that is there is used. */
const INSTALLERS: readonly (readonly [manager: string, ...commands: string[][]])[] = [
  ['apt-get', ['apt-get', 'update'], ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium']],
  ['dnf', ['dnf', 'install', '-y', 'chromium']],
  ['apk', ['apk', 'add', '--no-cache', 'chromium']],
  ['pacman', ['pacman', '-Sy', '--noconfirm', 'chromium']],
  ['brew', ['brew', 'install', '--cask', 'chromium']],
]

/** The path of a Chromium that is there, or null. A CHROMIUM_PATH that can't be run is the caller's mistake: throws. */
export function findChromium(): string | null {
  const chosen = process.env['CHROMIUM_PATH']
  if (chosen !== undefined && chosen !== '') {
    if (isProgram(chosen)) return chosen
    throw new Error(`CHROMIUM_PATH is ${JSON.stringify(chosen)}, but there is no program.`)
  }
  return NAMES.map(which).find((path) => path !== null) ?? APPLICATIONS.find(isProgram) ?? null
}

/** The path of a Chromium, installed now if need be; throws a sentence when there is no way. */
export function ensureChromium(): string {
  const found = findChromium()
  if (found !== null) return found
  const installer = INSTALLERS.find(([manager]) => which(manager) !== null)
  if (installer === undefined) {
    throw new Error('There is no Chromium and no known package manager: install one, or set CHROMIUM_PATH.')
  }
  const [manager, ...commands] = installer
  for (const command of commands) install(manager, command)
  const installed = findChromium()
  if (installed === null) throw new Error(`${manager} installed Chromium, but it isn't on the PATH: set CHROMIUM_PATH.`)
  return installed
}

function install(manager: string, command: readonly string[]): void {
  // Homebrew refuses to run as root; the others need it.
  const isRoot = process.getuid?.() === 0
  const words = isRoot || manager === 'brew' || which('sudo') === null ? command : ['sudo', '-n', ...command]
  const [program = '', ...rest] = words
  process.stderr.write(`installing Chromium: ${words.join(' ')}\n`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status } = spawnSync(program, rest, { stdio: ['ignore', 2, 2], env })
  if (status !== 0) {
    throw new Error(`Chromium could not be installed: ${words.join(' ')} failed. Install one, or set CHROMIUM_PATH.`)
  }
}

function which(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, name)).find(isProgram) ?? null
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(`${ensureChromium()}\n`)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
