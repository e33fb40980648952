// "Your name": kept by the app as it is typed, sent to the friend and to nobody else.

import { createUniqueId } from 'solid-js'
import { useUi } from '../context.tsx'
import { words } from '../words.ts'

const NAME_CHARACTERS_MAX = 40

export function NameField(props: { hint: string }) {
  const { app } = useUi()
  const id = createUniqueId()
  return (
    <div class="field">
      <label for={id}>{words.start.name}</label>
      <input
        class="input"
        id={id}
        autocomplete="nickname"
        maxLength={NAME_CHARACTERS_MAX}
        placeholder={words.start.namePlaceholder}
        aria-describedby={`${id}-hint`}
        dir="auto"
        value={app.state.name}
        onInput={(event) => app.setName(event.currentTarget.value)}
      />
      <small id={`${id}-hint`}>{props.hint}</small>
    </div>
  )
}
