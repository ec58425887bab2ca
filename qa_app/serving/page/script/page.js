// The page as a whole: its state and address, keys and colours; started at the end.

// -- the state of the articles and of the server

let answering = null; // the server, of several behind a proxy
let missed = 0; // replies in a row
let isReady = false, version = null, examplesShown = null, pollTimer = null, isFirst = true;
let becomeReady;
const ready = new Promise((resolve) => { becomeReady = resolve; });

async function follow() {
  clearTimeout(pollTimer);
  let state;
  try {
    state = await reached("state", !isReady && !isFirst);
  } catch {
    // One reply that is lost, as on a busy machine, is no reason to fill the page anew: a question may be on its way.
    missed += 1;
    if (missed > 1) setGone(true);
    pollTimer = setTimeout(follow, missed > 1 ? 1500 : 400);
    return;
  }
  missed = 0;
  if (page.classList.contains("gone")) {
    setAddress(false);
    return location.reload(); // what was typed and the address are kept
  }
  isFirst = false;
  if (state.server && state.server !== answering) {
    if (asking && answering) stop(); // the server that was answering is gone; this one has the conversation
    answering = state.server;
  }
  show(state);
  catchUp().catch(console.warn); // tried again with the next state
  pollTimer = setTimeout(follow, state.failed ? 1500 : state.loading ? 100 : state.job?.running ? 700 : document.hidden ? 20000 : 2500);
}
const hurry = () => { clearTimeout(pollTimer); pollTimer = setTimeout(follow, 150); };
document.addEventListener("visibilitychange", () => { if (!document.hidden && isReady) hurry(); });

function notice(words, isFailure = false) {
  const line = $("#loading");
  line.hidden = !words;
  line.textContent = words;
  line.setAttribute("role", isFailure ? "alert" : "status");
  line.classList.toggle("failure", isFailure);
}
function setGone(isGone) {
  page.classList.toggle("gone", isGone);
  // A server that could not start has said why before it went.
  if (isGone && !$("#loading").classList.contains("failure")) notice("The server does not answer. What you typed is kept; the page goes on by itself when the server is back.", true);
}

function show(state) {
  const pill = $("#state");
  if (state.loading || state.failed) return notice(state.failed || state.loading, Boolean(state.failed));
  notice("");
  pill.hidden = false;
  pill.textContent = pill.title = state.words; // cut off where there is no room
  pill.className = `pill ${state.mood}`;
  const { job } = state;
  $("#job").hidden = !job || !(job.running || (job.words && state.mood !== "ready") || wasRunning);
  if (job) {
    $("#job p").textContent = job.words;
    $("#job p").classList.toggle("failure", Boolean(state.mood === "failed" && !job.running && job.words && !job.words.includes("done")));
    $("#job progress").hidden = !job.running;
    if (job.share === null) $("#job progress").removeAttribute("value");
    else $("#job progress").value = job.share;
    if ($("#stop-job")) $("#stop-job").hidden = !job.running;
    wasRunning ||= job.running;
  }
  if (state.articles !== articleCount || version === null) {
    articleCount = state.articles;
    $("#articles-count").textContent = articleCount.toLocaleString("en");
    showScope();
  }
  if (state.version !== version) {
    version = state.version;
    loadRows();
    examplesShown = null;
  }
  if (!$("#start").hidden && (examplesShown !== state.examples || job?.running)) showStart();
  examplesShown = state.examples;
  if (!isReady) {
    isReady = true;
    becomeReady();
  }
}
let wasRunning = false; // whether a job ran since the page was opened, so that its end is told
function jobBegun() { // a short one may end before it is seen running
  wasRunning = true;
  hurry();
}
async function showStart() {
  const html = await call("start");
  if ($("#start").innerHTML !== html) $("#start").innerHTML = html; // escaped on the server
}
clicks["#state"] = () => {
  setDrawer(true);
  const failures = $("#failures");
  if (failures) failures.open = true;
  (failures ? $("summary", failures) : findArticle).focus();
};

// -- the address: conversation, answer and quote, or article

function setTitle(title) {
  document.title = title ? `${visible(title)} · Articles, answered` : "Articles, answered";
}
function setAddress(push) {
  const parts = new URLSearchParams();
  if (conversation) parts.set("c", conversation);
  if (opened?.answer && opened.n) {
    parts.set("a", opened.answer);
    parts.set("q", opened.n);
  } else if (opened) {
    parts.set("article", opened.document);
    if (opened.folder) parts.set("folder", opened.folder);
    if (opened.end > opened.start) parts.set("at", `${opened.start}-${opened.end}`);
  }
  const address = parts.size ? `?${parts}` : location.pathname;
  if (address !== (location.search || location.pathname)) history[push ? "pushState" : "replaceState"](null, "", address);
}
async function takeAddress() {
  const parts = new URLSearchParams(location.search), id = parts.get("c");
  if (id !== conversation) {
    if (id) await openConversation(id);
    else empty();
  }
  const turn = parts.get("a") && turnCalled(parts.get("a"));
  const [start, end] = (parts.get("at") ?? "0-0").split("-").map(Number);
  if (turn) {
    turn.scrollIntoView({ block: "start" });
    await readQuote(turn, Number(parts.get("q") ?? 1), { push: null });
  } else if (parts.get("article")) await readArticle({ document: parts.get("article"), folder: parts.get("folder"), start, end, answer: null }, { push: null });
  else closeArticle({ push: null });
}
addEventListener("popstate", takeAddress);

// -- the drawer of a narrow page

const left = $("#left"), drawer = $("#drawer");
function setDrawer(isOpen) {
  const isDrawn = isOpen && !isWide.matches;
  page.classList.toggle("drawn", isDrawn);
  drawer.setAttribute("aria-expanded", String(isDrawn));
  left.inert = !isWide.matches && !isOpen; // what is out of sight is out of the way of the keys
  $("#middle").inert = isDrawn;
  if (isDrawn && !left.contains(document.activeElement)) $("#left button").focus();
}
isWide.addEventListener("change", () => setDrawer(false));
drawer.addEventListener("click", () => setDrawer(!page.classList.contains("drawn")));
$("#panes").addEventListener("click", (event) => { if (event.target.id === "panes") setDrawer(false); });

// -- colours

const THEMES = { system: ["◐", "as the system"], light: ["☀", "light"], dark: ["☾", "dark"] };
function setTheme(name) {
  const [sign, words] = THEMES[name] ?? THEMES.system;
  document.documentElement.style.colorScheme = name === "system" ? "light dark" : name;
  $("#theme").textContent = sign;
  $("#theme").title = `Colours: ${words}`;
  $("#theme").setAttribute("aria-label", `Colours: ${words}`);
  localStorage.setItem("theme", name);
}
clicks["#theme"] = () => {
  const names = Object.keys(THEMES);
  setTheme(names[(names.indexOf(localStorage.getItem("theme") ?? "system") + 1) % names.length]);
};

// -- keys

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target.matches("input:not([type=checkbox], [type=radio]), textarea");
  if (event.key === "Escape") {
    if (panel.open || dialog.open) return; // the browser closes them
    if (tipped) hideTip();
    if (page.classList.contains("drawn")) return setDrawer(false);
    if (right.contains(event.target) && cameFrom?.isConnected && !isPhone.matches) return cameFrom.focus();
    if (isTyping && (changing !== null || changedAsIs)) return setField("");
    if (isTyping) return event.target.blur();
    close();
  }
  if (isTyping || panel.open || dialog.open) return;
  const acts = { "/": () => field.focus(), n: () => step(1), p: () => step(-1), "?": () => clicks["#show-help"]() };
  if (!acts[event.key]) return;
  event.preventDefault();
  acts[event.key]();
});

// -- start

setTheme(localStorage.getItem("theme") ?? "system");
setDrawer(false);
if (isAdmin) setWording(wording);
setField(sessionStorage.getItem("typed") ?? "");
field.focus({ preventScroll: true });
follow();
ready.then(() => {
  showConversations();
  countSaved();
  if (!turns.children.length) takeAddress(); // a question that was asked meanwhile is not in the address yet
});
