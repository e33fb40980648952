// The composition root of the page.

import './ui/trusted-types.ts'
import { render } from 'solid-js/web'
import { createApp } from './app/create-app.ts'
import { AppView } from './ui/app-view.tsx'
import './ui/styles/index.css'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
// Made once: a call in the markup would be made again at every look at it.
const app = createApp()
render(() => <AppView app={app} />, root)
