// What happens in a world, in words: one line an event, for a replay.

import type { Input, Output, Path } from '../protocol/events.ts'
import { type SideIndex, sideName } from './port.ts'
import type { Deed } from './script.ts'
import { peekHead, publicFrame } from './wire-reader.ts'

const short = (id: string): string => id.slice(0, 8)

export function describeDeed(deed: Deed): string {
  const { do: what, ...how } = deed
  const whose = 'side' in deed ? `${sideName(deed.side)}: ` : 'of' in deed ? `${sideName(deed.of)}: ` : ''
  const rest = Object.entries(how).filter(([name]) => name !== 'side' && name !== 'of')
  return `* ${whose}${what} ${rest.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(', ')}`.trimEnd()
}

export function describeInput(side: SideIndex, input: Input): string {
  const line = `${sideName(side)} <- ${input.type}`
  switch (input.type) {
    case 'room':
      return `${line} ${short(input.room)}: ${input.joined ? 'joined' : 'not joined'}, ${input.peer ? 'peer there' : 'alone'}`
    case 'frame':
      return `${line} ${describeFrame(input.path, input.bytes)}`
    case 'fibre':
      return `${line} ${describeQubits(input.frame)}`
    case 'signal':
      return `${line} ${input.bytes.length} bytes in ${short(input.room)}`
    case 'description':
    case 'linkUp':
    case 'linkDown':
      return `${line} ${short(input.link)}`
    case 'outcomes':
      return `${line} from ${input.start}`
    case 'committed':
      return `${line} ${input.id}`
    case 'commitFailed':
      return `${line} ${input.id}: ${input.reason}`
    case 'write':
      return `${line} ${short(input.id)} "${input.text.slice(0, 60)}"`
    case 'retry':
    case 'cancel':
      return `${line} ${short(input.id)}`
    case 'roomRefused':
      return `${line} ${short(input.room)}: ${input.reason}`
    case 'start':
    case 'timeout':
    case 'leave':
      return line
  }
}

export function describeOutput(side: SideIndex, output: Output): string {
  const line = `${sideName(side)} -> ${output.type}`
  switch (output.type) {
    case 'rooms':
      return `${line} ${output.rooms.map(short).join(', ')} as ${output.mode}`
    case 'frame':
      return `${line} ${describeFrame(output.path, output.bytes)}`
    case 'fibre':
      return `${line} ${describeQubits(output.frame)}`
    case 'commit':
      return `${line} ${output.id}: ${output.changes.map(describeChange).join(', ')}`
    case 'message': {
      const { id, state, number, refusedFor, order } = output.message
      return `${line} ${short(id)} ${state}${refusedFor ? ` (${refusedFor})` : ''}, number ${number ?? 'none'}, order ${order}`
    }
    case 'notStored':
      return `${line} ${short(output.id)}: ${output.reason}`
    case 'notice':
    case 'noticeOver':
      return `${line} ${output.reason}`
    case 'connection':
      return `${line} ${output.connection.state}, server ${output.connection.server ? 'there' : 'away'}`
    case 'progress':
      return `${line} ${output.run.role} ${short(output.run.session)} ${output.run.phase}`
    case 'deadline':
      return `${line} ${output.atMs === null ? 'none' : `${(output.atMs / 1_000).toFixed(3)} s`}`
    case 'measure':
      return `${line} ${output.settings.length} qubits from ${output.start}`
    case 'signal':
      return `${line} ${output.bytes.length} bytes in ${short(output.room)}`
    case 'openLink':
      return `${line} ${short(output.link)} as ${output.initiator ? 'initiator' : 'answerer'}`
    case 'acceptSignal':
    case 'closeLink':
      return `${line} ${short(output.link)}`
    case 'pairing':
      return `${line} with "${output.pairing.peerName}", ${output.pairing.paired ? 'paired' : 'not yet paired'}`
  }
}

function describeChange(change: Extract<Output, { type: 'commit' }>['changes'][number]): string {
  switch (change.type) {
    case 'putMessage':
      return `message ${short(change.message.id)} ${change.message.state}`
    case 'deleteMessage':
      return `delete message ${short(change.id)}`
    case 'putTagPair':
      return `pair ${describePair(change.pair.name)} ${change.pair.state}`
    case 'deleteTagPair':
      return `delete pair ${describePair(change.name)}`
    case 'setPairing':
      return `set ${Object.keys(change.fields).join(' ')}`
    case 'raiseMessageNumber':
      return `message ${short(change.id)} at least ${change.to}`
    case 'raiseNumber':
      return `number at least ${change.to}`
    case 'putPairing':
    case 'putLink':
      return change.type
  }
}

const describePair = (name: string): string =>
  name.startsWith('invite') ? name : `${short(name)}/${name.split('/')[1]}`

const CONTROLS = ['bind', 'root', 'rooted', 'profile', 'ping', 'pong', 'bye']

function describeFrame(path: Path, bytes: Parameters<typeof publicFrame>[0]): string {
  const frame = path.via === 'link' ? publicFrame(bytes) : bytes
  const where = path.via === 'link' ? `link ${short(path.link)}` : 'relay'
  if (frame === null) return `${where}: ${CONTROLS[bytes[1] ?? -1] ?? 'unknown control'}`
  const head = peekHead(frame)
  return `${where}: ${head === null ? 'part' : `${head.type} of ${short(head.session)}`}, ${bytes.length} bytes`
}

const describeQubits = (frame: Extract<Input, { type: 'fibre' }>['frame']): string =>
  `${frame.qubits.indices.length} qubits from ${frame.start} of ${short(frame.session)}`
