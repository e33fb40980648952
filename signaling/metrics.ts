// What the server counts, as Prometheus text. Totals by closed lists of labels only: no address, no room.

import { KIND, REFUSALS, type Refusal, type RelayKind } from './messages.ts'

export interface Gauges {
  readonly sockets: number
  readonly rooms: number
}

const KINDS = Object.keys(KIND) as readonly RelayKind[]

export class Metrics {
  readonly #startedMs = performance.now()
  readonly #refused = new Map<Refusal, number>(REFUSALS.map((reason) => [reason, 0]))
  readonly #frames = new Map<RelayKind, number>(KINDS.map((kind) => [kind, 0]))
  readonly #bytes = new Map<RelayKind, number>(KINDS.map((kind) => [kind, 0]))
  #opened = 0
  #unresponsive = 0

  opened(): void {
    this.#opened += 1
  }

  refused(reason: Refusal): void {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1)
  }

  relayed(kind: RelayKind, bytes: number): void {
    this.#frames.set(kind, (this.#frames.get(kind) ?? 0) + 1)
    this.#bytes.set(kind, (this.#bytes.get(kind) ?? 0) + bytes)
  }

  unresponsive(): void {
    this.#unresponsive += 1
  }

  get uptimeSeconds(): number {
    return (performance.now() - this.#startedMs) / 1000
  }

  /** Prometheus text exposition format 0.0.4. */
  render(gauges: Gauges): string {
    return [
      family('sequre_sockets', 'gauge', 'Signaling sockets that are open.', [['', gauges.sockets]]),
      family('sequre_rooms', 'gauge', 'Rooms with somebody in them.', [['', gauges.rooms]]),
      family('sequre_sockets_opened_total', 'counter', 'Signaling sockets opened.', [['', this.#opened]]),
      family(
        'sequre_sockets_refused_total',
        'counter',
        'Sockets closed by the server.',
        labelled('reason', this.#refused),
      ),
      family('sequre_sockets_unresponsive_total', 'counter', 'Sockets cut that answered no ping.', [
        ['', this.#unresponsive],
      ]),
      family('sequre_relayed_frames_total', 'counter', 'Frames relayed.', labelled('kind', this.#frames)),
      family('sequre_relayed_bytes_total', 'counter', 'Bytes relayed.', labelled('kind', this.#bytes)),
      family('process_resident_memory_bytes', 'gauge', 'Resident memory.', [['', process.memoryUsage.rss()]]),
      family('process_uptime_seconds', 'gauge', 'Seconds since the start.', [['', Math.round(this.uptimeSeconds)]]),
    ].join('')
  }
}

type Sample = readonly [labels: string, value: number]

const labelled = (label: string, values: ReadonlyMap<string, number>): readonly Sample[] =>
  [...values].map(([name, value]) => [`{${label}="${name}"}`, value] as const)

function family(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => `${name}${labels} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}
