// IndexedDB made to fail, as a browser may.

const { put, delete: remove } = IDBObjectStore.prototype

/** From the k-th put or delete on they throw. */
export async function withFailingWrites<T>(error: string, k: number, work: () => Promise<T>): Promise<T> {
  let writes = 0
  const count = (): void => {
    writes += 1
    if (writes >= k) throw new DOMException('made to fail', error)
  }
  IDBObjectStore.prototype.put = function (...args) {
    count()
    return put.apply(this, args)
  }
  IDBObjectStore.prototype.delete = function (...args) {
    count()
    return remove.apply(this, args)
  }
  try {
    return await work()
  } finally {
    Object.assign(IDBObjectStore.prototype, { put, delete: remove })
  }
}

/** Opening a database does this instead. */
export async function withOpening<T>(opening: () => IDBOpenDBRequest, work: () => Promise<T>): Promise<T> {
  const { open } = IDBFactory.prototype
  IDBFactory.prototype.open = opening
  try {
    return await work()
  } finally {
    IDBFactory.prototype.open = open
  }
}

/** A request that is never answered. */
export const silence = (): IDBOpenDBRequest =>
  Object.create(IDBOpenDBRequest.prototype, { addEventListener: { value: () => {} } })
