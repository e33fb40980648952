// What one run is worth under each proof, side by side; one of them decides.

import { For, Show } from 'solid-js'
import { count } from '../format.ts'
import type { Receipt } from '../types.ts'
import { proofWords } from './key-words.ts'

const PROOFS = ['trusted', 'collective'] as const

/** `fields`: the values are marked for whoever reads the receipt by machine. */
export function Proofs(props: { receipt: Receipt; fields: boolean }) {
  return (
    <table class="proofs">
      <thead>
        <tr>
          <th scope="col">Proof</th>
          <th scope="col">Assumes</th>
          <th scope="col" class="num">
            Key bits
          </th>
        </tr>
      </thead>
      <tbody>
        <For each={PROOFS}>{(proof) => <ProofRow proof={proof} receipt={props.receipt} fields={props.fields} />}</For>
      </tbody>
    </table>
  )
}

function ProofRow(props: { proof: Receipt['proof']; receipt: Receipt; fields: boolean }) {
  const decides = () => props.receipt.proof === props.proof
  /** Null where it was not kept. */
  const bits = () => {
    if (decides()) return props.receipt.keyBits
    return props.proof === 'collective' ? props.receipt.keyBitsCollective : null
  }
  const field = (name: string, when: boolean) => (props.fields && when ? name : undefined)
  const value = (when: boolean, raw: string | number | null) => (props.fields && when ? (raw ?? '') : undefined)
  const collective = () => props.proof === 'collective'
  return (
    <tr>
      <th scope="row">
        <span data-field={field('proof', decides())} data-value={value(decides(), props.proof)}>
          {proofWords[props.proof].name}
        </span>{' '}
        <Show when={decides()}>
          <span class="badge">decides</span>
        </Show>
      </th>
      <td>{proofWords[props.proof].assumes}</td>
      <td class="num" data-field={field('keyBitsCollective', collective())} data-value={value(collective(), bits())}>
        <span data-field={field('keyBits', decides())} data-value={value(decides(), bits())}>
          {bits() === null ? '–' : count(bits() ?? 0)}
        </span>
      </td>
    </tr>
  )
}
