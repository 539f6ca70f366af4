// /verify: what is typed or shown stays in the browser
import { answerFor, isNumber } from './answer.js'

const find = (selector) => document.querySelector(selector)
const form = find('form[hidden]'), { label, picture, proof } = form.elements, film = find('[data-film]')
const camera = find('[data-camera]'), video = find('video')
const time = (moment) => moment?.toLocaleString(document.documentElement.lang, { dateStyle: 'long', timeStyle: 'long', timeZone: 'UTC' })

const canRead = 'BarcodeDetector' in window
const able = { reads: canRead, blind: !canRead, films: canRead && navigator.mediaDevices }

// What is said, by kind
function show(answer) {
  const said = { ...able, ...answer }
  for (const one of document.querySelectorAll('[data-say]')) {
    const [kind, values] = one.dataset.say.split(':')
    one.hidden = !said[kind] || (values && !values.split(' ').includes(said[kind]))
  }
  for (const one of document.querySelectorAll('[data-fill]')) one.textContent = said[one.dataset.fill]
  if (answer) find('[aria-live]').scrollIntoView()
}

async function answered() {
  if (isNumber(label.value)) return { authenticity: 'number_only' }
  const bundle = await (await fetch('/offline.bundle', { cache: 'no-cache' })).json(), [file] = proof.files
  // The first key tells registers apart.
  const name = (shard) => `verifier ${bundle.keys.keys[0].x} ${shard}`
  const found = await answerFor(label.value, {
    bundle, at: new Date(), knownVersion: (shard) => +localStorage.getItem(name(shard)),
    proof: file && new Uint8Array(await file.arrayBuffer())
  })
  const { list } = found
  if (list) localStorage.setItem(name(list.shard), list.version)
  return found
}

async function check(text = label.value) {
  stopCamera()
  label.value = text
  const { statement, list, seen, ...found } = await answered().catch(({ message }) =>
    ({ authenticity: ['malformed', 'number_only'].includes(message) ? message : 'could_not_check' }))
  const number = statement?.id.match(/.{4}/g).join('-')
  show({ ...found, ...statement, number, ends: time(statement?.expires_at), as_of: time(list?.issued), seen: time(seen) })
}

async function read(source) {
  const codes = await new BarcodeDetector({ formats: ['qr_code'] }).detect(source)
  const code = codes.find(({ rawValue }) => /\/c\//i.test(rawValue)) ?? codes[0]
  if (code) await check(code.rawValue)
  return code
}

const stopCamera = () => {
  camera.hidden = true
  video.srcObject?.getTracks().forEach((track) => track.stop())
}

async function readCamera() {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  stopCamera()  // asked for twice
  camera.hidden = false
  camera.scrollIntoView()
  video.srcObject = stream
  while (stream.active && !(video.readyState > 1 && await read(video))) await new Promise(requestAnimationFrame)
  camera.hidden = !video.srcObject.active  // or a newer film
}

const unread = () => show({ authenticity: 'no_readable_code' })
show()
film.onclick = () => readCamera().catch(() => { stopCamera(); show({ filmless: true }) })
camera.onclick = document.onvisibilitychange = stopCamera
picture.onchange = () => createImageBitmap(picture.files[0]).then(read).then((code) => code ?? unread(), unread)
form.onsubmit = (event) => { event.preventDefault(); check() }
form.hidden = false
navigator.serviceWorker?.register('/verify-worker.js', { scope: '/verify' })
if (location.hash) check(location.hash.slice(1))
