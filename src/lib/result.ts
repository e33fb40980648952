// A value or a reason, for whatever may fail through no fault of the programmer.

export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: E }

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })
export const fail = <E>(reason: E): { readonly ok: false; readonly reason: E } => ({ ok: false, reason })
