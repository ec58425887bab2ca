// The article beside the answer: its text with the answer's quotes marked, and a PDF's own pages.

let opened = null; // the article in view: { document, folder, start, end, answer, n }
let cameFrom = null; // what was pressed to open it
let isUnwanted = false; // whether the pane was closed by hand, and not opened by hand since

// Opens the empty pane as soon as a question is asked, so that nothing moves when its answer is there.
function makeRoom() {
  if (!isWide.matches || isUnwanted || !right.hidden) return;
  right.innerHTML = `<p class="to-be-read soft">The article is shown here.</p>`;
  right.hidden = false;
  page.classList.add("reading");
}

const place = (of) => ({ document: of.document, folder: of.folder || null });
const sameArticle = (one, other) => one.document === other.document && (one.folder || null) === (other.folder || null);

// The quotes of a turn that are still in an article, in the order of their numbers.
const quotesOf = (turn) => $$("template.around", turn).map(({ dataset }) => ({
  ...place(dataset), n: Number(dataset.n), start: Number(dataset.start), end: Number(dataset.end), answer: turn.dataset.turn,
}));
const turnCalled = (id) => turns.querySelector(`[data-turn="${id}"]`);

async function readQuote(turn, n, { push = true, focus = false } = {}) {
  const quote = quotesOf(turn).find((each) => each.n === n);
  if (quote) await readArticle(quote, { push, focus });
}

async function readArticle(wanted, { push = true, focus = false } = {}) {
  const turn = wanted.answer ? turnCalled(wanted.answer) : null;
  const isOpen = opened && !right.hidden && sameArticle(opened, wanted) && opened.answer === wanted.answer && opened.n && wanted.n;
  if (!isOpen) {
    const { folder, start, end, answer } = wanted;
    let html;
    try {
      html = await call("article", { document: wanted.document, folder, start, end, answer });
    } catch (error) {
      html = `<header class="article-head"><div class="line"><p class="failure"></p><button type="button" class="quiet close" aria-label="Close the article">×</button></div></header>`;
      right.innerHTML = html;
      $(".failure", right).textContent = error.message;
      right.hidden = false;
      return;
    }
    right.innerHTML = html; // escaped on the server
    right.scrollTop = 0;
  }
  opened = wanted;
  right.hidden = false;
  page.classList.add("reading");
  if (turn) showHere(turn);
  else clearHere();
  const quotes = turn ? quotesOf(turn) : [];
  const steps = $(".steps", right);
  if (steps) {
    steps.hidden = quotes.length < 2 || !wanted.n;
    $(".which", steps).textContent = `Quote ${quotes.findIndex((each) => each.n === wanted.n) + 1} of ${quotes.length}`;
  }
  for (const mark of $$("mark", right)) mark.classList.toggle("current", mark.dataset.quotes.split(" ").includes(String(wanted.n ?? 0)));
  const mark = $("mark.current", right) ?? (wanted.end > wanted.start ? $("mark", right) : null);
  showInPane(mark);
  const view = $("#original-page", right);
  if (view && !view.hidden && wanted.end > wanted.start) showOriginal(true);
  if (focus || isPhone.matches) (focus && mark ? mark : $("h2", right) ?? right).focus({ preventScroll: true });
  markRows();
  if (push !== null) setAddress(push);
}

// Scrolls the pane, and nothing else, so that a mark is in sight below the sticky head.
function showInPane(mark) {
  if (!mark) return;
  const head = $(".article-head", right).offsetHeight;
  const below = mark.getBoundingClientRect().top - right.getBoundingClientRect().top - head;
  right.scrollBy({ top: below - Math.min(96, (right.clientHeight - head) / 4) });
}

function closeArticle({ push = true } = {}) {
  if (right.hidden) return false;
  right.hidden = true;
  page.classList.remove("reading");
  opened = null;
  clearHere();
  if (push !== null) setAddress(push);
  (cameFrom?.isConnected ? cameFrom : field).focus({ preventScroll: true });
  return true;
}

function step(by) {
  const turn = opened?.answer ? turnCalled(opened.answer) : turns.lastElementChild;
  const quotes = turn ? quotesOf(turn) : [];
  if (!quotes.length) return;
  const at = opened?.n ? quotes.findIndex((each) => each.n === opened.n) : by > 0 ? -1 : 0;
  readArticle(quotes[(at + by + quotes.length) % quotes.length], { push: false });
}

const openedFrom = (button, wanted, event) => {
  cameFrom = button;
  isUnwanted = false;
  hideTip();
  setDrawer(false);
  return readArticle(wanted, { focus: event.detail === 0 }); // by a key, so the focus follows
};
clicks[".cite"] = (button, event) => {
  const quote = quotesOf(button.closest(".turn")).find((each) => each.n === Number(button.dataset.n));
  if (quote) openedFrom(button, quote, event);
};
clicks["button.open"] = (button, event) => {
  $("#panel").close();
  openedFrom(button, wantedBy(button), event);
};
const wantedBy = (button) => ({
  ...place(button.dataset), start: Number(button.dataset.start), end: Number(button.dataset.end),
  answer: button.closest(".turn")?.dataset.turn ?? ((right.contains(button) && opened?.answer) || null),
});
const close = () => {
  isUnwanted = true;
  return closeArticle();
};
clicks["#right .close"] = close;
clicks[".steps .step"] = (button) => step(Number(button.dataset.step));
clicks[".copy-current"] = (button) => {
  const card = opened.answer && $(`template.around[data-n="${opened.n ?? 1}"]`, turnCalled(opened.answer));
  const words = $$("mark.current", right).map((mark) => mark.textContent).join("") || card?.content.querySelector("mark").textContent;
  copy(button, `“${words.split(/\s+/).join(" ").trim()}”\n${$("h2", right).textContent}, ${$(".origin", right).textContent}`);
};

// -- labels, and what was left out

const articleSaid = () => $(".said", right);
async function again(focus) {
  const top = right.scrollTop, isShown = $(".show-original", right)?.getAttribute("aria-expanded") === "true";
  const said = articleSaid().textContent, { folder, start, end, answer } = opened;
  right.innerHTML = await call("article", { document: opened.document, folder, start, end, answer });
  await readArticle(opened, { push: null });
  articleSaid().textContent = said;
  if (isShown) await showOriginal(true);
  right.scrollTop = top;
  $(focus, right)?.focus({ preventScroll: true });
}
clicks[".set-read"] = async (button) => {
  const { key, read } = button.dataset;
  articleSaid().textContent = "One moment …";
  if (await say(articleSaid(), "set_read", { ...place(button.dataset), key, read: read === "true" })) await again(`.set-read[data-key="${key}"]`);
};
const label = async (name, isSet) => {
  const { folder } = opened;
  if (await say(articleSaid(), "label", { document: opened.document, folder, label: name, is_set: isSet })) {
    await again(".give-label input");
    loadRows();
  }
};
submits[".give-label"] = (form) => form.elements.label.value.trim() && label(form.elements.label.value, true);
clicks[".unlabel"] = (button) => label(button.dataset.label, false);

// -- the pages of a PDF

// The number of the last page asked for: of several replies under way only its own is shown.
let turning = 0;
let firstMark = null;

async function showPage(view, number) {
  const pages = Number(view.dataset.pages);
  if (number < 0 || number >= pages) return;
  const mine = ++turning;
  view.dataset.page = number;
  view.setAttribute("aria-busy", "true");
  let shown;
  try {
    shown = await call("original_page", { ...place(view.dataset), start: opened.start, end: opened.end, page: number });
  } catch (error) {
    shown = { refused: `The page cannot be shown: ${error.message}` };
  }
  if (mine !== turning) return;
  view.removeAttribute("aria-busy");
  for (const button of $$("[data-step]", view)) {
    // Not disabled, as a disabled button would lose the focus.
    const next = number + Number(button.dataset.step);
    button.setAttribute("aria-disabled", String(next < 0 || next >= pages));
  }
  const image = $("img", view);
  $(".sheet", view).hidden = Boolean(shown.refused);
  $("[role=status]", view).textContent = shown.refused || `Page ${number + 1} of ${pages}`;
  if (shown.refused) return;
  image.alt = shown.alt;
  image.src = `data:image/png;base64,${shown.picture}`;
  await image.decode();
  firstMark = shown.first_mark;
  showMark(view);
}

// Scrolls the picture so that the first marked words are near its left and a third below its top.
function showMark(view) {
  const [image, sheet, [left, top]] = [$("img", view), $(".sheet", view), firstMark ?? [0, 0]];
  sheet.scrollTo(left * image.width - 16, firstMark ? top * image.height - sheet.clientHeight / 3 : 0);
}

async function showOriginal(isShown) {
  const view = $("#original-page", right), button = $(".show-original", right);
  button.textContent = isShown ? "Hide the original page" : "Show the original page";
  button.setAttribute("aria-expanded", String(isShown));
  view.hidden = !isShown;
  if (!isShown) return showInPane($("mark.current", right));
  await showPage(view, Number(view.dataset.page));
  right.scrollTop = 0;
}
clicks[".show-original"] = (button) => showOriginal(button.getAttribute("aria-expanded") !== "true");
clicks["#original-page [data-step]"] = (button) => {
  const view = button.closest("#original-page");
  showPage(view, Number(view.dataset.page) + Number(button.dataset.step));
};
clicks[".enlarge"] = (button) => {
  const view = button.closest("#original-page");
  button.setAttribute("aria-pressed", String(view.classList.toggle("large")));
  showMark(view);
};
// Left and right turn the page, unless they scroll an enlarged one.
page.addEventListener("keydown", (event) => {
  const view = event.target.closest("#original-page:not(.large)");
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (view && by && !event.altKey && !event.ctrlKey && !event.metaKey) showPage(view, Number(view.dataset.page) + by);
});
