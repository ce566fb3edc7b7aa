"use strict";
// The page is whole without this: it only copies, sorts, filters, hides series and shows exact figures at the pointer.
document.documentElement.classList.add("live");

const tip = document.getElementById("tip");
const all = (from, what) => Array.from(from.querySelectorAll(what));

for (const title of all(document, "figure svg g > title")) title.remove();
for (const figure of all(document, ".figure")) figure.removeAttribute("title");
const point = (target, x, y) => {
  const at = target.closest?.("[data-tip]");
  tip.hidden = !at;
  if (!at) return;
  tip.textContent = at.dataset.tip;
  tip.style.left = `${Math.max(4, Math.min(x + 12, innerWidth - tip.offsetWidth - 4))}px`;
  tip.style.top = `${Math.max(4, y - tip.offsetHeight - 10)}px`;
};
for (const moved of ["pointermove", "pointerdown"])
  document.addEventListener(moved, (event) => point(event.target, event.clientX, event.clientY));
document.addEventListener("focusin", (event) => {
  const place = event.target.getBoundingClientRect();
  point(event.target, place.left, place.top);
});

for (const key of all(document, ".key"))
  key.addEventListener("click", () => {
    const shown = key.getAttribute("aria-pressed") !== "true";
    key.setAttribute("aria-pressed", String(shown));
    for (const each of all(key.closest("figure"), `[data-series="${key.dataset.series}"]:not(.key)`))
      each.classList.toggle("off", !shown);
  });

for (const button of all(document, ".sort")) {
  const rows = button.closest("figure").querySelector(".rows");
  const before = Array.from(rows.children);
  let sorted = false;
  button.addEventListener("click", () => {
    sorted = !sorted;
    const number = (row) => (row.dataset.value === "" ? -Infinity : Number(row.dataset.value));
    rows.append(...(sorted ? [...before].sort((a, b) => number(b) - number(a)) : before));
  });
}

for (const button of all(document, ".copy"))
  button.addEventListener("click", async () => {
    const text = button.parentElement.querySelector(".text").textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // a page opened from a disk may not use the clipboard: the old way
      const field = document.createElement("textarea");
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    button.textContent = "已复制";
    setTimeout(() => (button.textContent = "复制"), 1500);
  });

for (const box of all(document, ".table")) {
  const body = box.querySelector("tbody");
  const before = Array.from(body.rows);
  box.querySelector(".filter").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    for (const row of before) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
  const headings = all(box, "thead th");
  headings.forEach((heading, at) =>
    heading.addEventListener("click", () => {
      const next = { none: "descending", descending: "ascending", ascending: "none" }[heading.getAttribute("aria-sort") ?? "none"];
      for (const each of headings) each.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", next);
      const turn = next === "descending" ? -1 : 1;
      const known = (row) => row.cells[at].dataset.value;
      const order = (a, b) => {
        const [left, right] = [known(a), known(b)];
        if (left !== undefined && right !== undefined) return turn * (Number(left) - Number(right));
        if (left === undefined && right === undefined) return turn * a.cells[at].textContent.localeCompare(b.cells[at].textContent, "zh");
        return left === undefined ? 1 : -1;
      };
      body.append(...(next === "none" ? before : [...before].sort(order)));
    }),
  );
}
