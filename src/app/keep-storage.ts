// Asks the browser not to clear what is stored when the device runs out of room. To be asked once there is something
// worth keeping, a chat: before that some browsers say no for good, and some ask the person.

/** Whether it is kept; false also where the browser can't be asked. (Workers can only look: the page has to ask.) */
export async function keepStorage(): Promise<boolean> {
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist())
  } catch {
    return false
  }
}
