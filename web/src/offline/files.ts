/** The app's large files for forms: asked for by whoever fills forms, and then kept like the others. */

/** Whether they are on this device; true where no service worker keeps anything, as while developing. */
export async function keepFormFiles(): Promise<boolean> {
  if (typeof navigator === 'undefined' || !('serviceWorker' in navigator) || !import.meta.env.PROD) return true
  const worker = (await navigator.serviceWorker.ready).active
  if (!worker) return false
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = (event) => resolve(event.data === 'kept')
    worker.postMessage('keep the files for forms', [port2])
    // A worker of an earlier edition does not know the word.
    setTimeout(() => resolve(false), 60_000)
  })
}
