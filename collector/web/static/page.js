// What the page does beyond links and forms. Everything works without it, but pasting tables and asking before a removal.
"use strict";
document.documentElement.classList.add("live");

// Copy a table, or any text, as a spreadsheet takes it. No text becomes a formula.
const plain = (cell) => {
  const text = cell.innerText.trim().replace(/\s+/g, " ");
  return /^[=+\-@＝＋－＠]/.test(text) && !cell.classList.contains("n") ? `'${text}` : text;
};
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  const text = source.tagName === "TABLE"
    ? Array.from(source.rows, (row) => Array.from(row.cells, plain).join("\t")).join("\n")
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

// Files are handed in one at a time, so that each has its own answer; the list looks again while work is under way.
const drop = document.getElementById("drop");
const files = document.getElementById("files");

async function refresh() {
  const answer = await fetch(files.dataset.from, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  const open = document.activeElement && files.contains(document.activeElement);
  if (open) return;
  const typed = Array.from(files.querySelectorAll(".found-accounts [name]"), (field) => [field.name, field.type === "checkbox" ? "checked" : "value", field])
    .filter(([, kind, field]) => (field.tagName === "SELECT" ? field.selectedIndex > 0 : kind === "checked" ? field.checked !== field.defaultChecked : field.type !== "hidden" && field.value !== field.defaultValue));
  files.innerHTML = await answer.text();
  for (const [name, kind, before] of typed) {  // what a person typed stays
    const field = files.querySelector(`[name="${name}"]`);
    if (field) field[kind] = before[kind];
  }
}

async function handIn(list) {
  const told = document.getElementById("progress");
  const faults = [];
  const token = drop.querySelector("[name=csrf_token]").value;
  told.hidden = false;
  for (let at = 0; at < list.length; at += 1) {
    told.textContent = `正在传第 ${at + 1} 个，共 ${list.length} 个：${list[at].name}`;
    const form = new FormData();
    form.append("csrf_token", token);
    form.append("path", list[at].lay || list[at].webkitRelativePath || list[at].name);  // the folder may say whose it is
    form.append("file", list[at], list[at].name);
    try {
      const answer = await fetch(drop.action, { method: "POST", body: form, credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
      const words = (answer.headers.get("Content-Type") || "").startsWith("text/plain") ? await answer.text() : "请刷新这一页再试";
      if (!answer.ok || answer.redirected) faults.push(answer.status === 422 ? words : `“${list[at].name}”没有传成：${words}`);
    } catch (problem) {
      faults.push(`“${list[at].name}”没有传成：连接断了，请看看程序是不是还开着`);
    }
    if (at % 10 === 9) refresh();
  }
  told.textContent = [`传完了 ${list.length - faults.length} 个`, ...faults].join("\n");
  refresh();
}

async function inFolder(entry, found) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    file.lay = entry.fullPath;
    found.push(file);
  }
  else if (entry.isDirectory) {
    const reader = entry.createReader();
    for (;;) {
      const part = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!part.length) break;
      for (const each of part) await inFolder(each, found);
    }
  }
}

if (drop) {
  for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.remove("over"); });
  drop.addEventListener("drop", async (event) => {
    const entries = Array.from(event.dataTransfer.items, (item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
    const found = entries.length ? [] : Array.from(event.dataTransfer.files);
    for (const entry of entries) await inFolder(entry, found);
    handIn(found);
  });
  drop.addEventListener("submit", (event) => {
    event.preventDefault();
    handIn(Array.from(drop.querySelectorAll("[type=file]"), (input) => Array.from(input.files)).flat());
  });
  drop.addEventListener("change", () => drop.requestSubmit ? drop.requestSubmit() : drop.dispatchEvent(new Event("submit", { cancelable: true })));
}
if (files) setInterval(() => { if (Number((files.querySelector("[data-at-work]") || { dataset: {} }).dataset.atWork) > 0) refresh(); }, 1500);

// A figure of the paper says where it comes from when one points at it.
const notes = new Map();
for (const kind of ["mouseover", "focusin"]) document.addEventListener(kind, async (event) => {
  const figure = event.target.closest && event.target.closest("[data-note]");
  if (!figure) return;
  const from = figure.dataset.note;
  if (!notes.has(from)) {
    const answer = await fetch(from, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    notes.set(from, await answer.text());
  }
  if (!figure.matches(":hover, :focus")) return;
  tip.innerHTML = notes.get(from);
  const box = figure.getBoundingClientRect();
  tip.hidden = false;
  tip.style.left = `${Math.max(4, Math.min(box.left, window.innerWidth - 330))}px`;
  tip.style.top = `${Math.min(box.bottom + 6, window.innerHeight - 120)}px`;
});
for (const kind of ["mouseout", "focusout"]) document.addEventListener(kind, (event) => { if (event.target.closest && event.target.closest("[data-note]")) tip.hidden = true; });
document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });

// A screen on a wall renews itself for weeks: one timer, and each picture takes the place of the one before.
const wall = document.querySelector("[data-renew]");
if (wall) {
  const away = document.getElementById("away");
  let asked = null;
  setInterval(async () => {
    if (asked) { asked.abort(); return; }  // no answer since the last time
    asked = new AbortController();
    try {
      const answer = await fetch(wall.dataset.renew, { credentials: "same-origin", signal: asked.signal });
      if (answer.redirected) away.textContent = "这个网址不能再看大屏了，请登录，或请管理员另做一个网址";
      else if (!answer.ok) throw new Error(answer.statusText);
      else if (answer.headers.get("X-Build") !== wall.dataset.build) { window.location.reload(); return; }  // the program was renewed
      else wall.innerHTML = await answer.text();
      away.hidden = !answer.redirected;
    } catch (problem) {
      away.textContent = `连接断了，最后更新于 ${wall.querySelector("[data-updated]").dataset.updated}`;
      away.hidden = false;
    } finally {
      asked = null;
    }
  }, Number(wall.dataset.every) * 1000);
}
