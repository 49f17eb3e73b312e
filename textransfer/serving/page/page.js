// The page: asks the server it came from, and nobody else.
import { candidates, pieces, ranked, replaced, shortened } from "./shading.js";

const element = (id) => document.getElementById(id);
const WAIT = 180; // milliseconds after a key before a text is sent
const N_CLASSES = 8; // shown; of more, the most probable
const FAINT = 0.1; // share of the largest contribution from which a word is shaded
const STRONG = 0.35; // and from which it is underlined
let limits = {};
let known = null; // the answer that is shown
let before = null; // the one before it
let asked = ""; // the class that the reader chose to have explained
let chosen = null; // the word whose neighbours are shown
let pending = null;
let readsWords = true; // until the server says otherwise
let timer = 0;
let url = null; // of the labelled table

const percent = (share) => (share > 0.9995 && share < 1 ? ">99.9" : (100 * share).toFixed(1)) + "%";
const signed = (number) => (number < 0 ? "\u2212" : "+") + Math.abs(number).toFixed(2);

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server does not answer; is it still running?");
  }
  if (response.ok) return response;
  let message = `The server answered with ${response.status}.`;
  try {
    message = (await response.json()).error || message;
  } catch { /* no JSON: a proxy in between */ }
  throw Object.assign(new Error(message), { status: response.status });
}

const post = (path, value, signal) =>
  ask(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(value), signal });

function complain(id, message) {
  element(id).textContent = message;
  element(id).hidden = !message;
}

function make(tag, { className = "", text = "", ...attributes } = {}, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// A text ---------------------------------------------------------------------------------------------------

async function answer() {
  const typed = element("text").value;
  const text = typed.toWellFormed?.() ?? typed;
  pending?.abort();
  complain("text-problem", "");
  if (!text.trim()) {
    element("answer").hidden = true;
    known = before = null;
    return;
  }
  pending = new AbortController();
  try {
    const result = await said(text, pending.signal);
    if (known && known.text !== text) before = known;
    known = { ...result, text };
    show();
  } catch (error) {
    if (error.name === "AbortError") return;
    element("answer").hidden = true;
    complain("text-problem", error.message);
  }
}

async function said(text, signal) {
  const isLong = Array.from(text).length > (limits.max_explained_characters ?? Infinity);
  if (readsWords && !isLong) {
    try {
      const response = await post("explain", asked ? { text, label: asked } : { text }, signal);
      return (await response.json()).explanations[0];
    } catch (error) {
      if (error.status !== 501) throw error;
      readsWords = false; // it classifies what an encoder makes of texts
    }
  }
  return { ...(await (await post("predict", { text }, signal)).json()).predictions[0], isLong };
}

function show() {
  element("answer").hidden = false;
  const verdict = element("verdict");
  verdict.replaceChildren(make("strong", { text: shortened(known.label) }), ` ${percent(known.probability)}`);
  if (known.known_words === 0) {
    verdict.append(". No word of the text is known: these are the shares of the classes in the labels.");
  } else {
    verdict.append(`, ${percent(known.known_words)} of the words known`);
    if (before) verdict.append(changed());
  }
  showClasses();
  showWords();
}

// What the last change of the text did.
function changed() {
  if (before.label !== known.label) return `; before: ${shortened(before.label)}, ${percent(before.probability)}`;
  const points = 100 * (known.probability - before.probability);
  if (Math.abs(points) < 0.05) return "";
  return `; ${points > 0 ? "up" : "down"} ${Math.abs(points).toFixed(1)} points by the last change`;
}

function showClasses() {
  const explained = known.explained ?? known.label;
  const focused = element("classes").contains(document.activeElement) ? document.activeElement.dataset.name : null;
  const rows = ranked(known.probabilities).slice(0, N_CLASSES).map(([name, share]) => {
    const fill = make("span");
    fill.style.setProperty("--share", share);
    const row = make(
      "button",
      { type: "button", "aria-pressed": name === explained, "data-name": name },
      make("span", { text: shortened(name), title: name }),
      make("span", { className: "bar", "aria-hidden": "true" }, fill),
      make("span", { className: "percent", text: percent(share) }),
    );
    row.addEventListener("click", () => {
      asked = name;
      answer();
    });
    return row;
  });
  element("classes").replaceChildren(...rows);
  if (focused) rows.find((row) => row.dataset.name === focused)?.focus();
}

function showWords() {
  const legend = element("legend");
  const words = element("words");
  words.hidden = !known.words;
  if (!known.words) {
    legend.textContent = known.isLong
      ? `Words are shown in texts of up to ${limits.max_explained_characters.toLocaleString("en")} characters.`
      : "This classifier reads no single words.";
    return;
  }
  legend.replaceChildren(
    "Words that speak ",
    make("span", { className: "key for", text: `for ${shortened(known.explained)}` }),
    " and ",
    make("span", { className: "key against", text: "against it" }),
  );
  const focused = words.contains(document.activeElement) ? Number(document.activeElement.dataset.start) : null;
  const parts = pieces(known.text, known.words).map((piece) => (piece.word ? button(piece) : piece.text));
  words.replaceChildren(...parts);
  const buttons = [...words.querySelectorAll("button")];
  const first = buttons.find((one) => Number(one.dataset.start) === focused) ?? buttons[0];
  if (first) first.tabIndex = 0;
  if (focused !== null) first?.focus();
}

function button({ text, word }) {
  const side = word.share < FAINT ? "" : word.contribution < 0 ? "against" : "for";
  const description = `${signed(word.contribution)} for ${shortened(known.explained)}`;
  const made = make("button", {
    type: "button",
    className: word.share < STRONG ? side : `${side} strong`,
    text,
    tabindex: "-1",
    title: word.word === text ? description : `${word.word}: ${description}`,
    "aria-label": `${word.word}, ${description}`,
    "data-start": word.start,
    "aria-current": chosen !== null && chosen.start === word.start,
  });
  made.style.setProperty("--share", word.share.toFixed(3));
  made.addEventListener("click", () => {
    chosen = word;
    for (const other of element("words").querySelectorAll("button")) {
      other.setAttribute("aria-current", other === made);
      other.tabIndex = other === made ? 0 : -1;
    }
    element("word").value = word.word;
    lookUp();
  });
  return made;
}

element("words").addEventListener("keydown", (event) => {
  const buttons = [...element("words").querySelectorAll("button")];
  const place = buttons.indexOf(document.activeElement);
  const isRight = getComputedStyle(element("words")).direction === "rtl";
  const steps = { ArrowRight: isRight ? -1 : 1, ArrowLeft: isRight ? 1 : -1, ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
  if (place < 0 || !(event.key in steps)) return;
  event.preventDefault();
  const next = buttons[Math.min(Math.max(place + steps[event.key], 0), buttons.length - 1)];
  buttons[place].tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
});

element("text").addEventListener("input", () => {
  chosen = null;
  clearTimeout(timer);
  timer = setTimeout(answer, WAIT);
});

// Neighbours -----------------------------------------------------------------------------------------------

async function lookUp() {
  const word = element("word").value.trim();
  const place = chosen;
  complain("word-problem", "");
  element("nearest").replaceChildren();
  element("nearest-title").textContent = "";
  if (!word) return;
  try {
    const token = place?.word === word ? place.token : word; // cut alone, it might become another word
    const response = await ask(`neighbors?n=${place ? 20 : 12}&word=${encodeURIComponent(token)}`);
    if (word !== element("word").value.trim()) return;
    const { neighbors } = await response.json();
    const shown = (place ? candidates(place.word, neighbors) : neighbors).slice(0, 12);
    element("nearest-title").textContent = place
      ? `${shown.length} neighbours of \u201c${word}\u201d; press one to put it in its place in the text`
      : `${shown.length} neighbours of \u201c${word}\u201d; press one to look up its own`;
    element("nearest").replaceChildren(...shown.map((one) => neighbor(one, place)));
  } catch (error) {
    complain("word-problem", error.message);
  }
}

function neighbor({ word, similarity }, place) {
  const made = make("button", { type: "button", text: word }, make("small", { text: similarity.toFixed(2) }));
  made.addEventListener("click", async () => {
    if (!place) {
      element("word").value = word;
      lookUp();
      return;
    }
    const text = element("text").value;
    if (text !== known?.text) return; // it has changed meanwhile, and with it the place
    const length = Array.from(replaced(text, place, word)).length - Array.from(text).length;
    element("text").value = replaced(text, place, word);
    Object.assign(place, { end: place.end + length });
    await answer();
  });
  return make("li", {}, made);
}

element("lookup").addEventListener("submit", (event) => {
  event.preventDefault();
  chosen = null;
  lookUp();
});

// A table --------------------------------------------------------------------------------------------------

let latest = null; // the file, to be sent again with another column

async function label(file) {
  latest = file;
  complain("table-problem", "");
  element("saved").hidden = element("counts").hidden = true;
  element("notes").replaceChildren();
  if (limits.max_file && file.size > limits.max_file) {
    complain("table-problem", `${file.name} has ${megabytes(file.size)}; at most ${megabytes(limits.max_file)} are taken.`);
    return;
  }
  element("table-status").textContent = `Labelling ${file.name}\u2026`;
  const column = element("column").value.trim() || "text";
  const path = `label?name=${encodeURIComponent(file.name)}&text_column=${encodeURIComponent(column)}`;
  try {
    const response = await ask(path, { method: "POST", headers: { "content-type": "application/octet-stream" }, body: file });
    const { rows, unknown, labels, notes } = JSON.parse(response.headers.get("x-summary"));
    if (url) URL.revokeObjectURL(url);
    url = URL.createObjectURL(await response.blob());
    const name = nameIn(response.headers.get("content-disposition")) ?? "labelled";
    Object.assign(element("download"), { href: url, download: name, textContent: `Save ${name}` });
    element("saved").hidden = element("counts").hidden = false;
    const rest = unknown ? `; in ${unknown.toLocaleString("en")} no word is known` : "";
    element("table-status").textContent = `${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"} of ${file.name} labelled${rest}.`;
    const said = notes.filter((note) => !note.includes("no known word"));
    element("notes").replaceChildren(...said.map((note) => make("li", { text: note })));
    const counts = ranked(labels).map(([name, n]) => [shortened(name), n]);
    const untold = rows - counts.reduce((sum, [, n]) => sum + n, 0);
    if (untold) counts.push(["(other labels)", untold]);
    element("counts").tBodies[0].replaceChildren(
      ...counts.map(([name, n]) =>
        make("tr", {}, make("th", { scope: "row", text: name }), make("td", { text: n.toLocaleString("en") }))),
    );
    element("download").click();
    element("download").focus();
  } catch (error) {
    element("table-status").textContent = "";
    const isColumn = error.message.includes("text_column");
    const place = "in the field above (and press Enter there)";
    complain("table-problem", error.message.replace(/with text_column(=\S*\b)?/, place));
    if (isColumn) element("column").select();
  }
}

const megabytes = (n) => (n < 1e6 ? `${Math.ceil(n / 1e3)} kB` : `${(n / 1e6).toFixed(1).replace(".0", "")} MB`);

function nameIn(disposition) {
  const match = /filename\*=utf-8''([^;]+)|filename="([^"]+)"/.exec(disposition ?? "");
  return match && (match[1] ? decodeURIComponent(match[1]) : match[2]);
}

element("file").addEventListener("change", (event) => {
  const [file] = event.target.files;
  if (file) label(file);
  event.target.value = ""; // so that the same file can be chosen again, with another column
});
element("column").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && latest && !element("table-problem").hidden) label(latest);
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault(); // a file dropped beside the box would else be opened in place of the page
    const box = element("drop");
    box.classList.toggle("over", kind === "dragover" && event.dataTransfer.types.includes("Files"));
    if (kind === "drop" && event.dataTransfer.files.length) label(event.dataTransfer.files[0]);
  });
}

// What the server says of itself ---------------------------------------------------------------------------

try {
  const state = await (await ask("health")).json();
  limits = state.limits;
  const names = state.classes.slice(0, 8).map((name) => shortened(String(name))).join(", ") + (state.classes.length > 8 ? ` and ${state.classes.length - 8} more` : "");
  element("about").prepend(`${state.classes.length} classes: ${names}. `);
  element("text").maxLength = limits.max_characters;
  element("file-limits").textContent =
    `Up to ${megabytes(limits.max_file)} and ${limits.max_rows.toLocaleString("en")} rows; it comes back with a label and its probability beside each row.`;
} catch (error) {
  complain("text-problem", error.message);
}
