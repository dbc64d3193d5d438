// The page: what is typed and clicked goes to the worker as a situation, what comes back is shown.

const EXAMPLES = [
  ["An old hurt", "He goes quiet whenever I ask what's wrong. His ex cheated on him, and I think he still expects the worst."],
  ["New and shy", "We've only been dating for six weeks. She is shy and quiet with everyone, so I never know what she feels."],
  ["One closed topic", "She talks about everything except her father. Whenever I bring him up she changes the subject."],
  ["No reason given", "My wife never shares anything."],
  ["The quiet one is me", "I never tell my husband how I feel. I'm afraid he would laugh at me."],
  ["Danger", "My husband won't talk to me. Last night he punched me in the face."],
  ["Something else", "How do I descale a kettle?"],
];

const byId = (id) => document.getElementById(id);
const letter = byId("letter");
const region = byId("region");

// ---- What is asked ----

const said = { known: new Set(), ruledOut: new Set(), tried: new Set() };
let titles = { reasons: {}, strategies: {} };
let worker;
let isReady = false;
let isBusy = false;
let isStale = false;
let isExample = false;

function situation() {
  return {
    text: letter.value,
    known_reasons: [...said.known],
    ruled_out: [...said.ruledOut],
    tried: [...said.tried],
    region: region.value || null,
  };
}

function ask() {
  if (!isReady) return;
  if (isBusy) {
    isStale = true; // Only the newest text matters: what comes back for an older one is not shown.
    return;
  }
  if (!letter.value.trim()) return show(h("p", { class: "empty" }, "Nothing to answer yet."), "");
  isBusy = true;
  worker.postMessage(situation());
}

function again() {
  isStale = false;
  ask();
}

function forget() {
  for (const set of Object.values(said)) set.clear();
}

let typing;
letter.addEventListener("input", () => {
  clearTimeout(typing);
  if (!letter.value.trim()) forget();
  typing = setTimeout(ask, 250);
});
region.addEventListener("change", ask);
byId("clear").addEventListener("click", () => {
  begin("");
  letter.focus();
});
function begin(text) {
  letter.value = text;
  forget();
  ask();
}
for (const [name, text] of EXAMPLES) {
  byId("examples").append(
    h("button", { type: "button", onclick: () => ((isExample = true), begin(text)) }, name),
  );
}

function say(kind, id) {
  for (const other of ["known", "ruledOut"]) if (kind !== "tried") said[other].delete(id);
  said[kind].add(id);
  ask();
}

function unsay(kind, id) {
  said[kind].delete(id);
  ask();
}

// ---- Python ----

worker = new Worker("worker.js", { type: "module" });
worker.onerror = (event) => fail(event.message);
worker.onmessage = ({ data }) => {
  if ("failed" in data) fail(data.failed);
  else if ("loaded" in data) progress(data.loaded);
  else if ("ready" in data) ready(data.ready);
  else answered(data.answer);
};

function progress(percent) {
  byId("progress").value = percent;
  byId("progress-text").textContent = percent < 100 ? `Loading Python: ${percent} %` : "Starting Python …";
}

function ready(about) {
  isReady = true;
  titles = about;
  byId("loading").remove();
  byId("versions").textContent =
    `openup ${about.openup} on Python ${about.python} in your browser, by Pyodide ${about.pyodide}.`;
  const names = new Intl.DisplayNames(["en"], { type: "region" });
  const regions = about.regions.map((code) => [names.of(code), code]).sort();
  region.append(...regions.map(([name, code]) => h("option", { value: code }, name)));
  region.disabled = false;
  document.body.dataset.state = "ready";
  announce("Python is ready.");
  ask();
}

function fail(message) {
  isBusy = false;
  if (isReady) {
    if (isStale) return again();
    // The next text may well have an answer; an old one must not stand beside this text.
    byId("answer").replaceChildren(h("p", { role: "alert" }, `Python could not answer this: ${message}`));
    return;
  }
  byId("loading").replaceChildren(
    h("p", { role: "alert" }, `Python could not be started in this browser: ${message}`),
  );
  document.body.dataset.state = "failed";
}

function answered(r) {
  isBusy = false;
  if (isStale) return again();
  const render = { guidance, safety, "no-match": noMatch }[r.outcome];
  const [content, summary] = render(r);
  show(h("div", { class: r.outcome }, ...content, underTheHood(r)), summary);
}

// ---- What is shown ----

function guidance(r) {
  const content = [
    h("h3", {}, "Your words"),
    marked(r.text, r.reasons.map((match) => match.evidence)),
    ...sofar(),
    h("h3", {}, r.perspective === "self" ? "What may be in your way" : "What may be in the way"),
  ];
  if (r.reasons.length) content.push(h("ol", { class: "reasons" }, ...r.reasons.map(reason)));
  else content.push(h("p", {}, "Your words do not say why, and guessing would not help."));
  if (r.questions.length) {
    content.push(
      h("h3", {}, "What would help to know"),
      h("ul", { class: "questions" }, ...r.questions.map(question)),
    );
  }
  content.push(
    h("h3", {}, "What to try, best first"),
    h("ol", { class: "strategies" }, ...r.strategies.map((match) => strategy(match, r.perspective === "self"))),
    h("h3", {}, "What the experts said"),
    ...r.quotes.map(quote),
  );
  const counts = [count(r.reasons, "reason"), count(r.strategies, "strategy", "strategies")];
  if (r.questions.length) counts.push(count(r.questions, "question"));
  return [content, `Guidance: ${counts.join(", ")}.`];
}

function reason(match, index) {
  const { id, title, summary } = match.reason;
  const isKnown = said.known.has(id);
  const percent = Math.round(match.confidence * 100);
  const fill = h("span", {});
  fill.style.width = `${percent}%`;
  const judge = isKnown
    ? []
    : [
        h(
          "p",
          { class: "judge" },
          button("That fits", `fits ${id}`, () => say("known", id), `“${title}” fits`),
          button("That is not it", `not ${id}`, () => say("ruledOut", id), `“${title}” is not it`),
        ),
      ];
  return h(
    "li",
    { class: `reason tone${index + 1}` },
    h("h4", {}, h("span", { class: "number", "aria-hidden": "true" }, `${index + 1}`), title),
    h(
      "p",
      { class: "sure" },
      h("span", { class: "bar", "aria-hidden": "true" }, fill),
      isKnown ? "you said so" : percent > 99 ? "over 99 % sure" : `${percent} % sure`,
    ),
    h("p", {}, summary.text),
    match.evidence.length ? h("p", { class: "rests" }, "Rests on ", ...words(match.evidence), ".") : "",
    ...judge,
  );
}

function question({ text, reason: id }) {
  return h(
    "li",
    {},
    h("p", {}, text),
    h(
      "p",
      { class: "judge" },
      button("Yes", `yes ${id}`, () => say("known", id), `Yes: ${text}`),
      button("No", `no ${id}`, () => say("ruledOut", id), `No: ${text}`),
    ),
  );
}

function strategy(match, isSelf) {
  const { id, title, summary, for_self, why, steps, openers, not_when } = match.strategy;
  return h(
    "li",
    {},
    h("h4", {}, title),
    h("p", {}, (isSelf ? for_self : summary).text),
    h("p", { class: "because" }, because(match.because)),
    h(
      "details",
      { "data-key": `how ${id}` },
      h("summary", {}, "How, and when not"),
      h("p", {}, why.text),
      isSelf ? "" : h("ul", {}, ...steps.map((step) => h("li", {}, step.text))),
      h("p", { class: "label" }, "One could say"),
      h("ul", { class: "openers" }, ...openers.map((opener) => h("li", {}, `“${opener.text}”`))),
      h("p", { class: "label" }, "When not"),
      h("p", {}, not_when.text),
    ),
    said.tried.has(id)
      ? h("p", { class: "because" }, "You have tried this; nothing else fits better.")
      : h("p", { class: "judge" }, button("I tried that", `tried ${id}`, () => say("tried", id), `I tried: ${title}`)),
  );
}

function because(causes) {
  const names = causes.map(({ kind, id }) => {
    if (kind === "reason") return `“${titles.reasons[id] ?? id}”`;
    return kind === "cue" ? "your words themselves" : "helps whatever the reason";
  });
  return `Why this: ${names.join(", ")}`;
}

function quote({ text, expert, source }) {
  const publisher = source.url
    ? h("a", { href: source.url, rel: "noopener noreferrer" }, source.publisher)
    : source.publisher;
  return h(
    "figure",
    {},
    h("blockquote", {}, `“${text}”`),
    h("figcaption", {}, `${expert.name}, ${expert.credentials} (`, publisher, ")"),
  );
}

function safety(r) {
  const { message, resources, risks } = r.safety;
  const evidence = [risks.flatMap((risk) => risk.evidence)];
  const [opening, ...rest] = message.split("\n\n");
  const services = resources.map((service) =>
    h(
      "li",
      {},
      h("h4", {}, service.name),
      h("p", { class: "contact" }, ...followed(service.contact)),
      h("p", {}, `${service.how} ${service.hours}`),
    ),
  );
  const content = [
    h("div", { class: "notice" }, h("h3", {}, opening), ...rest.map((text) => h("p", {}, text))),
    services.length ? h("h3", {}, "Who can help") : "",
    services.length ? h("ul", { class: "services" }, ...services) : "",
    region.value
      ? ""
      : h("p", { class: "hint" }, h("a", { href: "#region" }, "Choose your country"), " to see the services there."),
    h("h3", {}, "What this rests on"),
    marked(r.text, evidence),
  ];
  return [content, `Safety notice. ${opening}`];
}

// What can be followed in a contact, as `openup.to_html` has it: pages, and numbers to dial. Those come first or after
// a bare "or"; a number to text comes after more words.
const SITE = /(?<![\w.@/-])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:\/[\w./-]*\w)?(?![\w@])/;
const NUMBER = /(?:^|(?<=\bor ))(?!24\/7)\+?\(?\d(?:[ ()/-]*\d){2,}/;
const LINKS = new RegExp(`${SITE.source}|${NUMBER.source}`, "g");

function followed(contact) {
  const parts = [];
  let done = 0;
  for (const { 0: found, index } of contact.matchAll(LINKS)) {
    const href = SITE.test(found) ? `https://${found}` : `tel:${found.replace(/[^\d+]/g, "")}`;
    parts.push(contact.slice(done, index), h("a", { href, rel: "noopener noreferrer" }, found));
    done = index + found.length;
  }
  return [...parts, contact.slice(done)];
}

function noMatch() {
  return [
    [
      h(
        "p",
        { class: "empty" },
        "Nothing here matches: this does not seem to be about a partner who holds back. Saying nothing is the right answer then.",
      ),
    ],
    "No match.",
  ];
}

function sofar() {
  const chips = [
    ...[...said.known].map((id) => ["known", id, `Fits: ${titles.reasons[id]}`]),
    ...[...said.ruledOut].map((id) => ["ruledOut", id, `Not: ${titles.reasons[id]}`]),
    ...[...said.tried].map((id) => ["tried", id, `Tried: ${titles.strategies[id]}`]),
  ];
  if (!chips.length) return [];
  return [
    h("h3", { id: "sofar", tabindex: "-1" }, "What you have said besides"),
    h(
      "ul",
      { class: "chips" },
      ...chips.map(([kind, id, label]) =>
        h("li", {}, button(`${label} ×`, `undo ${kind} ${id}`, () => unsay(kind, id), `Take back: ${label}`)),
      ),
    ),
  ];
}

function underTheHood(r) {
  const { text, ...rest } = situation();
  const named = Object.entries(rest)
    .filter(([, value]) => value?.length)
    .map(([name, value]) => `${name}=${typeof value === "string" ? JSON.stringify(value) : `{${value.map((id) => JSON.stringify(id)).join(", ")}}`}`);
  const argument = named.length
    ? `openup.Situation(\n    ${[JSON.stringify(text), ...named].join(",\n    ")},\n)`
    : JSON.stringify(text);
  return h(
    "div",
    { class: "hood" },
    h("details", { "data-key": "python" }, h("summary", {}, "The same in Python"), h("pre", { tabindex: "0" }, `import openup\n\nr = openup.recommend(${argument})`)),
    h("details", { "data-key": "json" }, h("summary", {}, "The whole answer as JSON"), h("pre", { tabindex: "0" }, JSON.stringify(r, null, 2))),
  );
}

function words(evidence) {
  return evidence.flatMap((span, index) => [index ? " and " : "", h("q", {}, span.text)]);
}

// Python counts code points, JavaScript counts halves of them: an array of characters has Python's offsets.
function marked(text, groups) {
  const pieces = []; // Stretches of text with the numbers of the groups whose evidence they are.
  [...text].forEach((character, place) => {
    const numbers = groups
      .flatMap((group, index) => (group.some((span) => span.start <= place && place < span.end) ? [index + 1] : []))
      .join(", ");
    if (pieces.at(-1)?.numbers === numbers) pieces.at(-1).text += character;
    else pieces.push({ numbers, text: character });
  });
  return h(
    "p",
    { class: "words" },
    ...pieces.map(({ numbers, text }) =>
      numbers
        ? h("mark", { class: `tone${numbers[0]}` }, text, groups.length > 1 ? h("sup", {}, numbers) : "")
        : text,
    ),
  );
}

function count(items, one, many = `${one}s`) {
  return `${items.length || "no"} ${items.length === 1 ? one : many}`;
}

function button(text, key, onclick, label) {
  return h("button", { type: "button", "data-key": key, "aria-label": label, onclick }, text);
}

// A new answer replaces the old one; the reader keeps the place: what is open stays open, what has the focus keeps it.
function show(content, summary) {
  const pane = byId("answer");
  const focused = pane.contains(document.activeElement) ? document.activeElement : null;
  const open = new Set([...pane.querySelectorAll("details[open]")].map((details) => details.dataset.key));
  pane.replaceChildren(content);
  for (const details of pane.querySelectorAll("details")) details.open = open.has(details.dataset.key);
  if (focused) {
    const same = [...pane.querySelectorAll("[data-key]")].find(({ dataset }) => dataset.key === focused.dataset.key);
    (same ?? byId("sofar") ?? letter).focus({ preventScroll: true });
  }
  // Whoever clicked an example on a phone is looking at where the answer is not.
  if (isExample && matchMedia("(width < 56rem)").matches) pane.scrollIntoView();
  isExample = false;
  announce(summary);
}

// Said once the reader pauses, so that a screen reader is not talked over while typing.
let announcing;
function announce(text) {
  clearTimeout(announcing);
  announcing = setTimeout(() => (byId("status").textContent = text), 700);
}

function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== ""));
  return element;
}
