// What the page does beyond links and forms. Everything works without it, but pasting tables and asking before a removal.
"use strict";
document.documentElement.classList.add("live");

// Copy a table, or any text, as a spreadsheet takes it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  const text = source.tagName === "TABLE"
    ? Array.from(source.rows, (row) => Array.from(row.cells, (cell) => cell.innerText.trim()).join("\t")).join("\n")
    : source.innerText;
  const before = button.textContent;
  const told = (word) => { button.textContent = word; setTimeout(() => { button.textContent = before; }, 1500); };
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => told("已复制"), () => told("没有复制成，请选中后按 Ctrl+C"));
  else {  // http in the office's network, or a browser of some years ago
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    told(document.execCommand("copy") ? "已复制" : "没有复制成，请选中后按 Ctrl+C");
    field.remove();
  }
});

// Ask before what cannot be taken back by a click.
document.addEventListener("submit", (event) => {
  const asks = event.target.querySelector("[data-ask]");
  if (asks && !window.confirm(asks.dataset.ask)) event.preventDefault();
});

// What stands in a title is shown by a tap too.
const tip = document.createElement("div");
tip.id = "tip";
tip.hidden = true;
tip.setAttribute("role", "status");
document.body.append(tip);
document.addEventListener("click", (event) => {
  const figure = event.target.closest(".figure[title], [data-tip]");
  tip.hidden = !figure;
  if (!figure) return;
  tip.textContent = figure.dataset.tip || figure.title;
  const box = figure.getBoundingClientRect();
  tip.style.left = `${Math.max(4, Math.min(box.left, window.innerWidth - 240))}px`;
  tip.style.top = `${Math.max(4, box.top - 40)}px`;
});
