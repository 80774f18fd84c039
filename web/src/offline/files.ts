/** The app's large files for forms: asked for by whoever fills forms, and then kept like the others. */

/** Whether they are on this device; true where no service worker keeps anything, as while developing. */
export async function keepFormFiles(): Promise<boolean> {
  if (typeof navigator === 'undefined' || !('serviceWorker' in navigator) || !import.meta.env.PROD) return true
  const worker = (await soon(navigator.serviceWorker.ready, 20_000))?.active
  if (!worker) return false
  const { port1, port2 } = new MessageChannel()
  const answer = new Promise<boolean>((resolve) => (port1.onmessage = (event) => resolve(event.data === 'kept')))
  worker.postMessage('keep the files for forms', [port2])
  // A worker of an earlier edition does not know the word.
  return (await soon(answer, 120_000)) ?? false
}

function soon<T>(promise: Promise<T>, within: number): Promise<T | undefined> {
  return Promise.race([promise, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), within))])
}
