// Small behaviours that every page shares. No inline handlers anywhere: the content security policy forbids them.

// <button data-opens="id"> opens a dialog; <button data-closes> closes the one it is in.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.opens)?.showModal();
    return;
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close();

  const copier = event.target.closest("[data-copies]");
  if (copier) {
    const source = document.getElementById(copier.dataset.copies);
    navigator.clipboard?.writeText(source.value ?? source.textContent.trim()).then(() => {
      const before = copier.textContent;
      copier.textContent = "Copied";
      setTimeout(() => (copier.textContent = before), 1600);
    });
  }

  // A menu closes when something else is touched.
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Times are written by the server in the workspace's zone; data-ago adds how long ago, in words.
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
function tellAgo(root) {
  for (const node of root.querySelectorAll("time[data-ago]")) {
    const seconds = (new Date(node.dateTime) - Date.now()) / 1000;
    const size = Math.abs(seconds);
    if (size < 3600) node.textContent = relative.format(Math.round(seconds / 60), "minute");
    else if (size < 20 * 3600) node.textContent = relative.format(Math.round(seconds / 3600), "hour");
  }
}
tellAgo(document);
document.body.addEventListener("htmx:load", (event) => tellAgo(event.target));

// On a phone the strip of parts is wider than the page.
document.querySelector(".tab-strip [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

// A form that was changed warns before it is left.
const changed = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guarded]");
  if (form) changed.add(form);
});
document.addEventListener("submit", (event) => changed.delete(event.target));

// A double click sends a form once. What is answered with a download leaves the page as it is, so the form may be sent again soon.
const sent = new Set();
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return; // sent in another way: htmx
  if (sent.has(event.target)) return event.preventDefault();
  sent.add(event.target);
  setTimeout(() => sent.delete(event.target), 2000);
});
window.addEventListener("beforeunload", (event) => {
  if (changed.size) event.preventDefault();
});

// <input type="file" data-largest="bytes">: told before the file is sent in vain. data-or-else: what to do then.
document.addEventListener("change", (event) => {
  const input = event.target.closest("input[type=file][data-largest]");
  if (!input) return;
  const most = Number(input.dataset.largest);
  const large = (input.files[0]?.size ?? 0) > most;
  input.setCustomValidity(large ? `This file is larger than ${Math.floor(most / 1048576)} MB. ${input.dataset.orElse ?? "Split it into smaller ones."}` : "");
  input.reportValidity();
});
