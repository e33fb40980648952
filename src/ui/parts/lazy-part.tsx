// A part of the app that comes later and doesn't come: said in its place, while the chat goes on.

import { ErrorBoundary, type ParentProps, Suspense } from 'solid-js'
import { words } from '../words.ts'

export function LazyPart(props: ParentProps) {
  return (
    <ErrorBoundary
      fallback={
        <p class="notice" role="alert">
          {words.chat.missing}
        </p>
      }
    >
      <Suspense>{props.children}</Suspense>
    </ErrorBoundary>
  )
}
