// Runs once when the page's frame is there. `element`, `server`, `trigger` and `upload` come from gr.HTML; the files of this folder
// share one scope. Words of articles and people reach the page as text, or as HTML that the server escaped.

const page = element.querySelector("#page");
const $ = (selector, from = page) => from.querySelector(selector);
const $$ = (selector, from = page) => [...from.querySelectorAll(selector)];
const mayChange = page.dataset.changes === "true", isAdmin = page.dataset.admin === "true";
const scroller = $("#scroller"), turns = $("#turns"), right = $("#right"), field = $("#question");
const isWide = matchMedia("(min-width: 1180px)"), isPhone = matchMedia("(max-width: 759px)");

// What is done on a click, by selector; the first that fits acts. Further files add theirs.
const clicks = {}, submits = {};
page.addEventListener("click", (event) => act(clicks, event));
page.addEventListener("submit", (event) => { event.preventDefault(); act(submits, event); });
function act(actions, event) {
  for (const [selector, work] of Object.entries(actions)) {
    const found = event.target.closest(selector);
    if (found) return work(found, event);
  }
}

// Words that this script shows: what is invisible or turns others round is written out, as `render` does with the rest.
const INVISIBLE = /[\x00-\x08\x0e-\x1f\x7f-\x9f\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
const visible = (words) => words.replace(INVISIBLE, (each) => `U+${each.codePointAt().toString(16).toUpperCase().padStart(4, "0")}`);

class Refused extends Error {
  constructor(words) { super(visible(words)); }
}

// Calls a function of the server; what it refuses is thrown in its words.
async function call(name, value = null) {
  const reply = await reached(name, value);
  if (reply.error) throw new Refused(reply.error);
  return reply.value;
}

// Returns what the server sends; Gradio's client returns nothing if the server cannot be reached, or throws.
async function reached(name, value) {
  let reply;
  try {
    reply = await server[name](value);
  } catch (error) {
    console.warn(error);
  }
  if (!reply) throw new Refused("The server does not answer.");
  return reply;
}

// Shows in `place` what a function says, or why it refused.
async function say(place, name, value) {
  try {
    place.textContent = visible(await call(name, value));
    place.classList.remove("failure");
    return true;
  } catch (error) {
    place.textContent = error.message;
    place.classList.add("failure");
    return false;
  }
}

const later = (work, wait) => {
  let timer;
  return (...values) => { clearTimeout(timer); timer = setTimeout(work, wait, ...values); };
};

function save({ name, text }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

async function copy(button, text) {
  await navigator.clipboard.writeText(text);
  const words = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = words; }, 1600);
}

clicks[".export"] = async (button) => {
  const { answer, conversation, form } = button.dataset;
  button.closest("details.menu")?.removeAttribute("open");
  save(await call("exported", { answer, conversation, form }));
};
clicks[".copy"] = (button) => copy(button, button.dataset.text);

// -- what is shown when something is pointed at, or has the focus

const tip = $("#tip");
let tipped = null;
function showTip(at) {
  const around = at.matches(".cite") && $(`template.around[data-n="${at.dataset.n}"]`, at.closest(".turn") ?? page);
  if (!around && !at.dataset.tip) return;
  tip.replaceChildren(around ? around.content.cloneNode(true) : at.dataset.tip);
  tip.hidden = false;
  const { left, top, bottom } = at.getBoundingClientRect();
  tip.style.left = `${Math.max(8, Math.min(left, innerWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = bottom + tip.offsetHeight + 8 < innerHeight ? `${bottom + 6}px` : `${Math.max(8, top - tip.offsetHeight - 6)}px`;
  at.setAttribute("aria-describedby", "tip");
  tipped = at;
}
function hideTip() {
  tip.hidden = true;
  tipped?.removeAttribute("aria-describedby");
  tipped = null;
}
const TIPPED = ".cite, [data-tip]";
let pointed = null; // until it is pressed
const pointTip = later((at) => at === pointed && at.matches(":hover") && showTip(at), 150);
page.addEventListener("pointerdown", () => { pointed = null; });
page.addEventListener("pointerover", (event) => {
  const at = event.pointerType === "mouse" && event.target.closest(TIPPED);
  pointed = at || null;
  if (at) pointTip(at);
  else if (tipped && !tipped.matches(":focus-visible")) hideTip();
});
page.addEventListener("focusin", (event) => !isPhone.matches && event.target.matches(TIPPED) && event.target.matches(":focus-visible") ? showTip(event.target) : hideTip());
// The focus itself may scroll: the tip then stays with what has it.
document.addEventListener("scroll", () => tipped && (tipped.matches(":focus-visible") ? showTip(tipped) : hideTip()), true);
clicks["[data-tip]"] = showTip;

// A menu closes when something else is pressed.
document.addEventListener("click", (event) => {
  for (const menu of $$("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
