// Work pages only: what the look adds where scripts run. Every act works without it.
import { initAll } from "./vendor/govuk-frontend/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

// Whoever leaves a page with text that was not sent is asked first. Text that a refusal gave back is unsent too.
const refused = document.querySelector(".govuk-error-summary") !== null;
let unsent = (refused && document.querySelector("main textarea")?.form) || null;
document.addEventListener("input", ({ target }) => {
  if (target.matches("main textarea, main input[type=text]")) unsent = target.form;
});
document.addEventListener("submit", ({ target }) => { if (target === unsent) unsent = null; });
window.addEventListener("beforeunload", (event) => { if (unsent !== null) event.preventDefault(); });
