// What a session without alert says about the link: upper bounds of its noise and loss, which the next plan starts from.

import type { Receipt } from './receipt.ts'
import type { LearntLink } from './records.ts'

/** Werner error to plan with: what was learnt of the link, or at least what this side's own source makes. */
export function plannedNoise(link: LearntLink, { visibility = 1 }: { readonly visibility?: number }): number {
  return Math.max(link.noise, 1 - visibility)
}

const NOISE_MIN = 0.001
const LOSS_MIN = 0.002

/** The link as now known, or null when nothing new was learnt. */
export function learn(link: LearntLink, receipt: Receipt): LearntLink | null {
  const next = { noise: learnNoise(link.noise, receipt), loss: learnLoss(link.loss, receipt) }
  const same = Math.abs(next.noise - link.noise) < 1e-4 && Math.abs(next.loss - link.loss) < 1e-4
  return same ? null : next
}

/** Errors of the key, three sigmas up; a Werner error is twice its QBER. Without errors a noise once seen fades. */
function learnNoise(noise: number, { qber, siftedBits }: Receipt): number {
  if (qber === null || siftedBits === 0) return noise
  if (qber === 0) return noise === 0 ? 0 : Math.max(NOISE_MIN, 0.9 * noise)
  const upper = qber + 3 * Math.sqrt((qber * (1 - qber)) / siftedBits)
  return Math.min(1, Math.max(NOISE_MIN, 2 * upper, 0.9 * noise))
}

function learnLoss(loss: number, { pairs, arrivedPairs }: Receipt): number {
  const lost = 1 - arrivedPairs / pairs
  const next = Math.max(lost, 0.7 * loss)
  return next < LOSS_MIN ? 0 : Math.min(0.95, next)
}
