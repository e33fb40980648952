// The six measurement settings of E91 and the nine ways to pair them. Angles are Bloch angles in the X-Z plane:
// an observable at angle t is cos t Z + sin t X, outcome +1 is bit 0. Source: Ekert, PRL 67, 661 (1991), with the
// signs for |Phi+>.

export const ALICE_ANGLES = [0, Math.PI / 4, Math.PI / 2] as const // a1, a2, a3, radians
export const BOB_ANGLES = [Math.PI / 4, Math.PI / 2, (3 * Math.PI) / 4] as const // b1, b2, b3, radians

export const SETTING_PAIRS = ['a1b1', 'a1b2', 'a1b3', 'a2b1', 'a2b2', 'a2b3', 'a3b1', 'a3b2', 'a3b3'] as const

/** One of Alice's settings with one of Bob's, such as `a3b2`. */
export type SettingPair = (typeof SETTING_PAIRS)[number]

/** The pair of Alice's setting `alice` and Bob's setting `bob`, each 0, 1 or 2. */
export const settingPair = (alice: number, bob: number): SettingPair => SETTING_PAIRS[3 * alice + bob]!

/** The Bloch angle along which both measure the bits of a key, where their settings are equal. */
export const KEY_ANGLES = { a3b2: ALICE_ANGLES[2], a2b1: ALICE_ANGLES[1] } as const

/** How often each of three settings is drawn, in 65,536ths: exact on both sides, and one table look-up a draw. */
export type SettingWeights = readonly [number, number, number]

export const WEIGHT_TOTAL = 65_536
