// Forms of the agent: rows that can be added and removed, and copying Monday's hours.

let made = 0;
const newKey = () => `n${Date.now().toString(36)}${(made += 1)}`;

for (const group of document.querySelectorAll("[data-rows]")) {
  const list = group.querySelector("[data-list]");
  const template = group.querySelector("template");
  group.addEventListener("click", (event) => {
    if (event.target.closest("[data-add]")) {
      const holder = document.createElement("template");
      holder.innerHTML = template.innerHTML.replaceAll("__key__", newKey());
      list.append(holder.content);
      list.lastElementChild.querySelector("input:not([type=hidden]), textarea").focus();
      list.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const remover = event.target.closest("[data-remove]");
    if (remover) {
      const row = remover.closest("[data-row]");
      const next = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      (next?.querySelector("input:not([type=hidden])") ?? group.querySelector("[data-add]")).focus();
      list.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
}

const hours = document.querySelector("[data-hours]");
hours?.querySelector("[data-copy-monday]").addEventListener("click", () => {
  const monday = [...hours.querySelectorAll("[data-day=monday] input")];
  for (const name of ["tuesday", "wednesday", "thursday", "friday"]) {
    hours.querySelectorAll(`[data-day=${name}] input`).forEach((input, n) => {
      if (input.type === "checkbox") input.checked = monday[n].checked;
      else input.value = monday[n].value;
    });
  }
  hours.dispatchEvent(new Event("input", { bubbles: true }));
});

// Typing a time opens the day.
hours?.addEventListener("change", (event) => {
  if (event.target.type !== "time" || !event.target.value) return;
  event.target.closest("[data-day]").querySelector("input[type=checkbox]").checked = true;
});

document.querySelector("[data-focus]")?.focus();
