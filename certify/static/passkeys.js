// Passkeys at sign-in and in one's account (ballots and releases: signing.js). A form says what to ask in
// `data-passkey` (get or create) and `data-options`; the answer goes into its hidden field `answer`, and the form is
// sent as any other.
import { bytes, text } from "./base64url.js";

const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

function options(source) {
  const said = JSON.parse(source);
  const found = { ...said, challenge: bytes(said.challenge) };
  if (said.user) found.user = { ...said.user, id: bytes(said.user.id) };
  if (said.allowCredentials) found.allowCredentials = named(said.allowCredentials);
  if (said.excludeCredentials) found.excludeCredentials = named(said.excludeCredentials);
  return found;
}

function answer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    response,
  });
}

async function ask(form) {
  const failed = form.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  try {
    const publicKey = options(form.dataset.options);
    const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
    form.elements.answer.value = answer(credential);
    form.submit();
  } catch {
    failed.hidden = false;
    failed.focus();
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  });
  // Sent before this, the form would hold no answer: only now is there something to press.
  form.querySelector("[data-passkey-ready]").hidden = false;
  if (form.dataset.passkey === "get") ask(form);
}
