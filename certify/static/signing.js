// A page on which a person signs an act with a passkey: asks for the signature, and sends the form with it.
import { bytes, text } from './base64url.js'

const place = document.querySelector('[data-sign]')
const form = place.closest('form')
const say = (what) => {
  for (const one of place.querySelectorAll('[data-say]')) one.hidden = one.dataset.say !== what
}

function asked() {
  const options = JSON.parse(place.dataset.sign)
  options.challenge = bytes(options.challenge)
  options.allowCredentials = (options.allowCredentials ?? []).map((one) => ({ ...one, id: bytes(one.id) }))
  return options
}

async function sign() {
  say()
  const { id, response } = await navigator.credentials.get({ publicKey: asked() })
  form.elements.proof.value = JSON.stringify({
    method: 'passkey', nonce: place.dataset.nonce, credential_id: id,
    authenticator_data: text(response.authenticatorData), client_data_json: text(response.clientDataJSON),
    signature: text(response.signature)
  })
  form.elements.signed.value = 'confirmed'
  form.elements.signed.name = 'step'
  form.submit()
}

const reasons = { NotAllowedError: 'cancelled', AbortError: 'cancelled', SecurityError: 'wrong_place' }
place.hidden = false
if (!window.PublicKeyCredential) say('unable')
place.querySelector('[data-sign-button]').onclick = (event) => {
  event.target.disabled = true
  sign().catch(({ name }) => say(reasons[name] ?? 'failed')).finally(() => { event.target.disabled = false })
}
