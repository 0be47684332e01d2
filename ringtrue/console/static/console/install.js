// Offers to install the console like an app, where the browser says that it can be. What was dismissed is not offered again in
// this browser until its person signs out, which clears the storage (core/headers.py).

const DISMISSED = "install-offer-dismissed";
const offer = document.getElementById("install-offer");
let installing = null;

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  installing = event;
  offer.hidden = localStorage.getItem(DISMISSED) !== null;
});
addEventListener("appinstalled", () => (offer.hidden = true));

offer.querySelector("[data-install]").addEventListener("click", () => {
  offer.hidden = true;
  installing.prompt();
});
offer.querySelector("[data-dismiss]").addEventListener("click", () => {
  offer.hidden = true;
  localStorage.setItem(DISMISSED, "yes");
});
