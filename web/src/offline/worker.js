// The service worker: keeps the app's own files, so that it opens without a network.
// Answers of the API are never kept here.
const FILES = __FILES__
const SHELF = 'linli-__EDITION__'
// A proxy may add a Vary header; what is kept is the same for everybody.
const ANY = { ignoreVary: true }

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(SHELF)
      .then((shelf) => shelf.addAll(FILES))
      .then(() => self.skipWaiting()),
  )
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith('linli-') && name !== SHELF).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

self.addEventListener('fetch', (event) => {
  const request = event.request
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (url.pathname.startsWith('/api') || url.pathname === '/healthz' || url.pathname === '/metrics') return
  if (request.mode === 'navigate') {
    // The newest page when there is a network, the kept one when there is none.
    event.respondWith(fetch(request).catch(() => caches.match('/', ANY)))
    return
  }
  event.respondWith(caches.match(request, ANY).then((kept) => kept ?? fetch(request)))
})
