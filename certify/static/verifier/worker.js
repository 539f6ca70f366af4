// The register writes VERSION and KEPT in front
const NAME = `verifier ${VERSION}`, BUNDLE = '/offline.bundle'

async function install() {
  const cache = await caches.open(NAME)
  await cache.addAll(KEPT.map((address) => new Request(address, { cache: 'reload' })))
  await cache.add(BUNDLE).catch(() => {})  // none may be published yet
  await skipWaiting()
}

async function activate() {
  for (const name of await caches.keys()) if (name !== NAME) await caches.delete(name)
  await clients.claim()
}

// What is kept, where the network is slow
async function answer(request) {
  const cache = await caches.open(NAME)
  const late = new Promise((_, reject) => setTimeout(reject, 4000))
  const fresh = await Promise.race([fetch(request), late]).catch(() => {})
  if (!fresh?.ok) return await cache.match(request, { ignoreVary: true }) ?? fresh ?? Response.error()
  if (request.url.endsWith(BUNDLE)) await cache.put(BUNDLE, fresh.clone())
  return fresh
}

addEventListener('install', (event) => event.waitUntil(install()))
addEventListener('activate', (event) => event.waitUntil(activate()))
addEventListener('fetch', (event) => event.respondWith(answer(event.request)))
