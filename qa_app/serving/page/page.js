// Runs once when the evidence panel is there. `element`, `props` and `server` come from gr.HTML.

const dialog = document.createElement("dialog");
dialog.className = "article-dialog";
dialog.setAttribute("aria-label", "Article");
dialog.innerHTML = `<div class="top">
  <button type="button" class="show-original" aria-controls="original-page"></button>
  <p class="said" role="status"></p>
  <button type="button" class="close" aria-label="Close the article">Close</button></div><div class="content"></div>`;
document.body.append(dialog);
const wide = window.matchMedia("(min-width: 800px)");
const arrange = () => dialog.classList.toggle("wide", wide.matches);
wide.addEventListener("change", arrange);
arrange();
const originalButton = dialog.querySelector(".show-original");
dialog.querySelector(".close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 30)));
let cameFrom = null;

async function showCard(answerId, number) {
  const id = `cite-${answerId}-${number}`;
  if (!document.getElementById(id)) {
    props.value = await server.evidence(answerId);
    if (number === "0") return; // the panel as a whole
    for (let tries = 0; tries < 40 && !document.getElementById(id); tries++) await nextFrame();
  }
  const card = document.getElementById(id);
  if (!card) return;
  card.focus({ preventScroll: true });
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const behavior = calm ? "auto" : "smooth";
  const pane = card.closest("#evidence-panel");
  if (pane.scrollHeight > pane.clientHeight) {
    const below = card.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    pane.scrollBy({ top: below - 8, behavior });
  } else {
    card.scrollIntoView({ behavior, block: "nearest" });
  }
  card.classList.add("reached");
  setTimeout(() => card.classList.remove("reached"), 1600);
}

// Called by the question's events by these names. Emptied here and at once: what is typed next is kept.
window.takeQuestion = (words, chat) => {
  const field = document.querySelector("#question textarea");
  field.value = "";
  field.dispatchEvent(new Event("input"));
  return [words, chat];
};

// The field takes the focus that was lost with a button, never one that a person has put elsewhere.
window.focusQuestion = () => {
  const at = document.activeElement;
  if (at === document.body || at.closest("#question, #chat button, .sidebar button")) {
    document.querySelector("#question textarea").focus({ preventScroll: true });
  }
};

// Enter while an answer is being written asks nothing; the words wait for it.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && event.target.matches?.("#question textarea") && document.querySelector("#question .stop-button")) {
    event.preventDefault();
    event.stopPropagation();
  }
}, true);

// The number of the last page asked for: of several replies under way only its own is shown.
let turning = 0;
let firstMark = null;

async function showPage(view, page) {
  const pages = Number(view.dataset.pages);
  if (page < 0 || page >= pages) return;
  const mine = ++turning;
  view.dataset.page = page;
  const said = view.querySelector("[role=status]");
  const [image, sheet] = [view.querySelector("img"), view.querySelector(".sheet")];
  view.setAttribute("aria-busy", "true");
  let shown;
  try {
    const { document: path, folder, start, end } = view.dataset;
    shown = await server.original_page({ path, folder, start, end, page });
  } catch (error) {
    shown = { refused: `The page cannot be shown: ${error.message}` };
  }
  if (mine !== turning) return;
  view.removeAttribute("aria-busy");
  for (const button of view.querySelectorAll("[data-step]")) {
    // Not disabled, as a disabled button would lose the focus.
    const next = page + Number(button.dataset.step);
    button.setAttribute("aria-disabled", String(next < 0 || next >= pages));
  }
  sheet.hidden = Boolean(shown.refused);
  said.textContent = shown.refused || `Page ${page + 1} of ${pages}`;
  if (shown.refused) return;
  image.alt = shown.alt;
  image.src = `data:image/png;base64,${shown.picture}`;
  await image.decode();
  firstMark = shown.first_mark;
  showMark(view);
}

// Scrolls the picture so that the first marked words are near its left and a third below its top.
function showMark(view) {
  const [image, sheet] = [view.querySelector("img"), view.querySelector(".sheet")];
  const [left, top] = firstMark ?? [0, 0];
  sheet.scrollTo(left * image.width - 16, firstMark ? top * image.height - sheet.clientHeight / 3 : 0);
}

async function showOriginal(isShown) {
  const view = dialog.querySelector("#original-page");
  originalButton.hidden = !view;
  originalButton.textContent = isShown ? "Hide the original page" : "Show the original page";
  originalButton.setAttribute("aria-expanded", String(isShown));
  if (!view) return;
  view.hidden = !isShown;
  showPlace();
  if (!isShown) return;
  await showPage(view, Number(view.dataset.page));
  if (!wide.matches) dialog.scrollTo({ top: view.offsetTop - originalButton.parentElement.offsetHeight });
}

// Scrolls the text to what it was opened for.
function showPlace() {
  const place = dialog.querySelector(".content mark") || dialog.querySelector(".content .boilerplate");
  if (place) place.scrollIntoView({ block: "center" });
}

dialog.addEventListener("click", (event) => {
  const view = dialog.querySelector("#original-page");
  const turn = event.target.closest("[data-step]");
  if (turn) showPage(view, Number(view.dataset.page) + Number(turn.dataset.step));
  if (event.target.matches(".set-read")) setRead(event.target);
  if (event.target === originalButton) showOriginal(view.hidden);
  if (event.target.matches(".enlarge")) {
    const large = view.classList.toggle("large");
    event.target.setAttribute("aria-pressed", String(large));
    showMark(view);
  }
});

// Left and right turn the page, unless they scroll an enlarged one.
dialog.addEventListener("keydown", (event) => {
  const view = event.target.closest("#original-page:not(.large)");
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (view && step && !event.altKey && !event.ctrlKey && !event.metaKey) showPage(view, Number(view.dataset.page) + step);
});

const articleSaid = dialog.querySelector(".said");
let opened = null;

async function openArticle(button) {
  const { document: path, folder, start, end } = button.dataset;
  opened = { path, folder, start, end };
  const content = dialog.querySelector(".content");
  content.innerHTML = await server.article(opened); // escaped on the server
  articleSaid.textContent = "";
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  showOriginal(false);
}

// Reads a stretch that was left out, or leaves it out again; the article stays where it is.
async function setRead(button) {
  const { document: path, folder, key, read } = button.dataset;
  articleSaid.textContent = "One moment …";
  try {
    articleSaid.textContent = await server.set_read({ path, folder, key, read: read === "true" });
  } catch (error) {
    articleSaid.textContent = `It was not changed: ${error.message}`;
    return;
  }
  const [place, isShown] = [dialog.scrollTop, originalButton.getAttribute("aria-expanded") === "true"];
  dialog.querySelector(".content").innerHTML = await server.article(opened);
  if (isShown) await showOriginal(true);
  dialog.scrollTop = place;
  dialog.querySelector(`.set-read[data-key="${key}"]`)?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href*="#cite-"]');
  if (link) {
    event.preventDefault();
    event.stopPropagation();
    cameFrom = link;
    const [, answerId, number] = link.getAttribute("href").match(/#cite-(\w+)-(\d+)/);
    showCard(answerId, number);
    return;
  }
  const title = event.target.closest?.('a[href*="#article="]');
  if (title) {
    event.preventDefault();
    event.stopPropagation();
    const place = new URLSearchParams(title.getAttribute("href").split("#")[1]);
    openArticle({ dataset: { document: place.get("article"), folder: place.get("folder") ?? "", start: 0, end: 0 } });
    return;
  }
  const button = event.target.closest?.("button.open");
  if (button) openArticle(button);
  const export_ = event.target.closest?.("button.export");
  if (export_) save(export_);
}, true);

// Gradio's button copies an answer's Markdown. This gives the words as they are read, and below them their sources.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#chat button[aria-label='Copy message']");
  const answer = button?.closest(".message-buttons").previousElementSibling?.querySelector(".bot .message-content");
  if (!answer || !navigator.clipboard) return;
  event.stopPropagation();
  const links = [...answer.querySelectorAll('a[href*="#cite-"][title]')];
  const sources = new Set(links.map((link) => `${link.textContent} ${link.title}`));
  navigator.clipboard.writeText([answer.innerText.trim(), [...sources].join("\n")].join("\n\n").trim());
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1600);
}, true);

async function save(button) {
  const { answer, conversation, form } = button.dataset;
  const { name, text } = await server.exported({ answer, conversation, form });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

element.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.matches(".searched")) trigger("submit", { text: form.elements.text.value });
  if (form.matches(".feedback form")) {
    const said = form.querySelector("[role=status]");
    const { verdict, note } = form.elements;
    try {
      said.textContent = await server.feedback({ answer: form.dataset.answer, verdict: verdict.value, note: note.value });
    } catch (error) {
      said.textContent = `It was not noted: ${error.message}`;
    }
  }
});

// Enter asks, as in the chat's own field.
element.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && event.target.matches(".searched textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});

// Escape in a card goes back to the number it was reached from.
element.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && cameFrom?.isConnected) cameFrom.focus();
});

// Gradio calls its row of example buttons a list; a list may hold list items only.
new MutationObserver(() => {
  document.querySelector("#chat .examples[role=list]")?.setAttribute("role", "group");
}).observe(element.closest("#ask"), { childList: true, subtree: true });
