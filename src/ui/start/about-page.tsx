// What this is, and what it is not: the honest page behind the two sentences of the start. It says what holds in this
// version; what comes later changes it here.

import { For, type JSX, type ParentProps } from 'solid-js'
import { Page } from '../parts/page.tsx'
import { words } from '../words.ts'

export default function AboutPage(props: { onBack(): void }) {
  return (
    <Page back={{ label: 'Back', go: () => props.onBack() }}>
      <main class="about">
        <h1>{words.start.about}</h1>
        <p class="lead">
          Two browsers run a real protocol on simulated physics. Here is what rests on which, and what rests on neither.
        </p>
        <WhatItIs />
        <WhatIsSimulated />
        <WhatKeepsStrangersOut />
        <WhoSeesWhat />
        <WhatItIsNot />
        <WhenSomebodyListens />
      </main>
    </Page>
  )
}

function Chapter(props: ParentProps<{ title: string }>) {
  return (
    <section>
      <h2>{props.title}</h2>
      <div class="stack tight">{props.children}</div>
    </section>
  )
}

function WhatItIs() {
  return (
    <Chapter title="What it is">
      <p>
        A chat between two browsers, with no account. For every message they run the whole protocol of Ekert (1991): a
        source makes entangled pairs, each side measures its half in settings drawn at random, they compare a part in
        the open, test Bell’s inequality, and distil a key as long as the message. The message goes under that key once,
        as a one-time pad, and the key is thrown away.
      </p>
      <p>
        One number decides whether a message may go: how many secret bits the readings leave. Too few, and nothing is
        sealed. <var>S</var> and the error rate are shown as what they are, readings.
      </p>
    </Chapter>
  )
}

function WhatIsSimulated() {
  return (
    <Chapter title="What is simulated">
      <p>
        The quantum physics. It is computed exactly, and chance comes from the browser’s cryptographic generator, but
        there is no quantum hardware: on the wire a simulated qubit is a few bits that say which state it is in. A qubit
        can’t be copied; data can, without a trace. The quantum secrecy is an experiment to look at, not your
        protection.
      </p>
      <p>
        For the same reason the Bell test proves nothing about nature. Read as data, what travels gives away the
        sender’s setting before the receiver has chosen one: physicists call that the locality loophole. Our program
        opens a qubit only by measuring it, but nothing except its code holds it to that.
      </p>
    </Chapter>
  )
}

function WhatKeepsStrangersOut() {
  return (
    <Chapter title="What keeps strangers out">
      <p>
        The encrypted link between the two browsers (WebRTC’s DTLS), bound to your invite. On every connection each end
        proves that it holds what only the invite said, and the proof covers the certificates of both ends, so that
        nobody can stand between them. The pairs cross that link and no other.
      </p>
      <p>
        The invite stands behind the # of the link, the part that a browser sends to no server, and it works once.
        Whoever opens it before your friend takes their place, so send it by a way you already trust. Your friend is
        then told that it was used.
      </p>
      <p>
        The program itself comes from the server whenever you open the page. Whoever runs that server could hand you
        another one.
      </p>
    </Chapter>
  )
}

const SEEN: readonly { readonly who: string; readonly what: string }[] = [
  {
    who: 'Your friend',
    what: 'What you write, the name you give, and your network address. A chat that is kept to a relay would hide the address; this version has no switch for that.',
  },
  {
    who: 'The server',
    what: 'Your network address, that two browsers met in a room with a random name, when, and how much they said. It carries the public half of each run: settings, test outcomes, the sealed message. It can’t read the invite, the pairs, a key, your names or a word.',
  },
  {
    who: 'Others on the way',
    what: 'That your browser talks to the server and to your friend’s, when, and how much. Not what.',
  },
]

function WhoSeesWhat() {
  return (
    <Chapter title="Who sees what">
      <dl>
        <For each={SEEN}>
          {({ who, what }) => (
            <div>
              <dt>{who}</dt>
              <dd>{what}</dd>
            </div>
          )}
        </For>
      </dl>
    </Chapter>
  )
}

function WhatItIsNot() {
  return (
    <Chapter title="What it is not">
      <ul>
        <Not a="No mailbox.">
          Messages arrive only while both are open. What you write before that waits here and goes by itself once your
          friend is there.
        </Not>
        <Not a="No copy elsewhere.">
          What is said is kept in this browser, so that closing or reloading a tab loses nothing, and nowhere else:
          delete the data of this site and it is gone; a private window keeps nothing. It is stored encrypted, but the
          key lies in the same browser and there is no passphrase yet. Whoever may use your browser, or has a copy of
          its whole folder, can read it.
        </Not>
        <Not a="Not anonymous.">See above: your friend and the server know your network address.</Not>
        <Not a="Not device-independent.">
          The key length is proved for measuring devices that do what they say. The parts of that proof are published,
          their assembly is ours; what weaker assumptions would leave is shown beside it.
        </Not>
        <Not a="Not reviewed.">Nobody outside the project has examined it yet.</Not>
      </ul>
    </Chapter>
  )
}

function Not(props: { a: string; children: JSX.Element }) {
  return (
    <li>
      <b>{props.a}</b> {props.children}
    </li>
  )
}

function WhenSomebodyListens() {
  return (
    <Chapter title="When somebody listens">
      <p>
        Whoever measures the pairs on their way leaves errors that physics doesn’t let them hide. The key comes out too
        short, nothing is sealed, both sides are told, and you can try again. By chance alone such an alert comes less
        than once in a million runs.
      </p>
      <p>
        Try it: put <code>?eve=intercept</code> behind the address of one of two tabs before you begin a chat. Eve then
        measures every pair that passes that tab. A badge stands over it all the time, shows what she learnt, and
        switches her off. <code>?eve=ghz</code> entangles a qubit of hers with each pair; <code>?eve=passive</code> only
        hears what is said in public, and learns nothing of the key. <code>&strength=</code> (0 to 1) and{' '}
        <code>&angle=</code> (degrees) set how she does it. None of this ever gets into an invite.
      </p>
    </Chapter>
  )
}
