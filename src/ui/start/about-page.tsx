// What this is, and what it is not: the honest page.

import { Page } from '../parts/page.tsx'
import { words } from '../words.ts'

export default function AboutPage(props: { onBack(): void }) {
  return (
    <Page back={{ label: 'Back', go: () => props.onBack() }}>
      <main class="about">
        <h1>{words.start.about}</h1>
        <section>
          <h2>What it is</h2>
          <p>
            A chat between two browsers. For every message the two run the whole protocol of Ekert (1991): a source
            makes entangled pairs, each side measures its half, they compare a part in the open, test Bell’s inequality,
            and distil a key that is as long as the message. The message goes under that key once, and the key is thrown
            away.
          </p>
          <p>
            Whether a message may go is decided by one number: how many secret bits the readings leave. Too few, and
            nothing is sealed. <var>S</var> and the error rate are shown as what they are, readings.
          </p>
        </section>
        <section>
          <h2>What it is not</h2>
          <ul>
            <li>
              <b>No quantum hardware.</b> The physics is computed exactly, but on the wire a simulated qubit is data,
              and data can be copied. The quantum secrecy is a faithful experiment, not your protection.
            </li>
            <li>
              <b>What keeps real strangers out</b> is the encrypted link between the two browsers, bound to your invite.
              Whoever has the invite before your friend opens it can take their place: send it by a way you trust.
            </li>
            <li>
              <b>No mailbox.</b> Messages arrive only while both tabs are open. In this version a chat lives in its two
              tabs: closing or reloading one ends it.
            </li>
            <li>
              <b>Not anonymous.</b> Your friend sees your network address unless you use a relay. The server sees that
              two browsers met in a room with a random name, when, and how much they sent; never what.
            </li>
            <li>
              <b>Not device-independent.</b> The key length is proved for measuring devices that do what they say. The
              assembly of that bound is ours; what weaker assumptions would leave is shown beside it.
            </li>
          </ul>
        </section>
        <section>
          <h2>When somebody listens</h2>
          <p>
            Whoever measures the pairs on their way leaves errors that physics doesn’t let them hide. Then the key comes
            out too short, the message is not sent, both sides are told, and you can try again.
          </p>
        </section>
      </main>
    </Page>
  )
}
