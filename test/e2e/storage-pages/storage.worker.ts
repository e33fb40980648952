// The experiments on the storage, in a worker as in the app. Each gives a plain answer that storage.test.ts judges.

import { expose } from 'comlink'
import { contract } from './contract-experiments.ts'
import { damage } from './damage-experiments.ts'
import { faults } from './fault-experiments.ts'
import { secrets } from './secret-experiments.ts'
import { speed } from './speed-experiments.ts'
import { versions } from './version-experiments.ts'

const experiments = { ...contract, ...faults, ...damage, ...versions, ...speed, ...secrets }

export type Experiments = typeof experiments

expose(experiments)
postMessage('ready')
