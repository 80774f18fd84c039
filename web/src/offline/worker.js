// The service worker: keeps the app's own files, so that it opens without a network.
// Answers of the API are never kept here.
const FILES = __FILES__
// Large files that only whoever fills forms needs; fetched when the page asks for them.
const FORM_FILES = __FORM_FILES__
const SHELF = 'linli-__EDITION__'
// A proxy may add a Vary header; what is kept is the same for everybody.
const ANY = { ignoreVary: true }

self.addEventListener('install', (event) => {
  event.waitUntil(
    Promise.all([caches.open(SHELF), fillsForms()])
      .then(([shelf, fills]) => shelf.addAll(fills ? FILES.concat(FORM_FILES) : FILES))
      .then(() => self.skipWaiting()),
  )
})

// A device that fills forms goes on doing so after an update, without a network too.
function fillsForms() {
  return caches
    .keys()
    .then((names) => Promise.all(names.filter((name) => name.startsWith('linli-')).map((name) => caches.open(name).then((shelf) => shelf.keys()))))
    .then((shelves) => shelves.some((requests) => requests.some((request) => /\/xform-[^/]*\.js$/.test(new URL(request.url).pathname))))
}

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith('linli-') && name !== SHELF).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

self.addEventListener('message', (event) => {
  if (event.data !== 'keep the files for forms') return
  event.waitUntil(
    caches
      .open(SHELF)
      .then((shelf) => Promise.all(FORM_FILES.map((file) => shelf.match(file, ANY).then((kept) => kept || shelf.add(file)))))
      .then(
        () => event.ports[0].postMessage('kept'),
        () => event.ports[0].postMessage('not kept'),
      ),
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
