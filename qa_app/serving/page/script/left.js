// The left pane: articles to find, limit to, add and remove; conversations.

const ticked = new Map(); // the articles that questions are limited to
const pressed = { folders: new Set(), labels: new Set() };
let articleCount = 0;

const key = (of) => `${of.folder ?? ""}\n${of.document}`;
const limits = () => ({ articles: [...ticked.values()], folders: [...pressed.folders], labels: [...pressed.labels] });

async function showScope() {
  const chosen = limits(), isLimited = chosen.articles.length + chosen.folders.length + chosen.labels.length > 0;
  const noun = articleCount === 1 ? "article" : "articles";
  let words = articleCount ? `Ask about ${articleCount === 1 ? "your" : `all ${articleCount.toLocaleString("en")}`} ${noun}` : "Ask about your articles";
  if (isLimited) words = `Ask about ${(await call("in_scope", chosen)).toLocaleString("en")} of ${articleCount.toLocaleString("en")} ${noun}`;
  field.placeholder = words;
  field.setAttribute("aria-label", words);
  $("#scope-said").hidden = !isLimited;
  $("#scope-said span").textContent = words.replace("Ask about", "Asking");
}

const findArticle = $("#find-article");
async function loadRows(offset = 0) {
  const words = findArticle.value;
  const found = await call("rows", { words, offset });
  if (words !== findArticle.value) return;
  const list = $("#article-list");
  if (offset) {
    $(".rest", list)?.remove();
    list.insertAdjacentHTML("beforeend", found.rows);
  } else {
    list.innerHTML = found.rows;
    const isOpen = $("#failures")?.open;
    $("#library").innerHTML = found.library;
    if (isOpen && $("#failures")) $("#failures").open = true;
    $("#known-labels").replaceChildren(...found.labels.map((name) => new Option(name)));
    for (const button of $$(".limit")) button.setAttribute("aria-pressed", String(pressed[button.dataset.kind].has(button.dataset.value)));
  }
  for (const row of $$(".row", list)) $(".in-scope", row).checked = ticked.has(key(row.dataset));
  if ($(".rest", list)) whenNear.observe($(".rest", list));
  markRows();
}
const loadNext = () => loadRows($$("#article-list > .row").length);
const whenNear = new IntersectionObserver(([entry]) => {
  if (!entry.isIntersecting) return;
  whenNear.disconnect();
  loadNext();
}, { root: $("#article-list") });
findArticle.addEventListener("input", later(() => loadRows(), 150));
clicks[".next-articles"] = loadNext;

clicks[".in-scope"] = (box) => {
  const row = box.closest(".row");
  if (box.checked) ticked.set(key(row.dataset), place(row.dataset));
  else ticked.delete(key(row.dataset));
  showScope();
};
clicks[".limit"] = (button) => {
  const { kind, value } = button.dataset;
  if (!pressed[kind].delete(value)) pressed[kind].add(value);
  button.setAttribute("aria-pressed", String(pressed[kind].has(value)));
  showScope();
};
clicks["#scope-clear"] = () => {
  ticked.clear();
  pressed.folders.clear();
  pressed.labels.clear();
  for (const box of $$(".in-scope")) box.checked = false;
  for (const button of $$(".limit")) button.setAttribute("aria-pressed", "false");
  showScope();
  field.focus();
};

// How many quotes of the answer in view each article has.
let here = [];
function showHere(turn) {
  here = quotesOf(turn);
  markRows();
}
function clearHere() {
  here = [];
  markRows();
}
function markRows() {
  for (const row of $$("#article-list > .row")) {
    const article = place(row.dataset), count = here.filter((quote) => sameArticle(quote, article)).length;
    $(".here", row).textContent = count ? `${count} ${count === 1 ? "quote" : "quotes"} here` : "";
    row.classList.toggle("current", Boolean(opened && sameArticle(opened, article)));
  }
}

// -- adding and removing

async function addFiles(files) {
  const list = $("#uploads");
  list.replaceChildren();
  const rows = [...files].map((file) => {
    const row = document.createElement("li"), name = visible(file.name);
    row.textContent = `${name}: sending …`;
    list.append(row);
    return [file, name, row];
  });
  for (const [file, name, row] of rows) {
    try {
      const sent = await upload(file);
      row.textContent = `${name}: reading …`;
      const { taken, words } = await call("add", sent.path);
      row.textContent = visible(words);
      row.className = taken ? "taken" : "failure";
      if (!taken) {
        const alert = document.createElement("span"); // an item of a list has no other role
        alert.setAttribute("role", "alert");
        alert.append(...row.childNodes);
        row.append(alert);
      }
    } catch (error) {
      row.textContent = `${name} was not added: ${error.message}`;
      row.className = "failure";
    }
  }
  jobBegun();
}
if (mayChange) {
  clicks["#add"] = () => $("#files").click();
  $("#files").addEventListener("change", ({ target }) => {
    const files = [...target.files];
    target.value = ""; // the next choice may be the same
    if (files.length) addFiles(files);
  });
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    $("#drop").hidden = false;
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) $("#drop").hidden = true; });
  document.addEventListener("drop", (event) => {
    $("#drop").hidden = true;
    if (!hasFiles(event)) return;
    event.preventDefault();
    setDrawer(true);
    addFiles(event.dataTransfer.files);
  });
}
clicks[".remove"] = (button) => {
  const { document: path, folder } = button.dataset, name = folder ? `${folder}:${path}` : path;
  confirmed(`Remove ${name}? Its file moves to the trash folder beside the index; nothing is destroyed.`, null, "Move to the trash", async () => {
    await say($("#articles-said"), "remove", { document: path, folder: folder || null });
    ticked.delete(key(button.dataset));
    showScope();
    jobBegun();
  });
};
clicks["#reembed"] = async () => {
  $("#articles-menu").open = false;
  await say($("#articles-said"), "reembed", null);
  jobBegun();
};
clicks["#stop-job"] = () => say($("#articles-said"), "stop_job", null);

// -- conversations

const findConversation = $("#find-conversation");
async function showConversations() {
  $("#conversation-list").innerHTML = await call("conversations", findConversation.value);
  markConversation();
}
function markConversation() {
  for (const row of $$("#conversation-list > .row")) {
    const isCurrent = row.dataset.conversation === conversation;
    row.classList.toggle("current", isCurrent);
    $(".open-conversation", row).toggleAttribute("aria-current", isCurrent);
  }
}
findConversation.addEventListener("input", later(showConversations, 150));

clicks[".open-conversation"] = async (button) => {
  await openConversation(button.dataset.conversation);
  setDrawer(false);
  setAddress(true);
  if (isWide.matches) showLast();
  if (!isPhone.matches) field.focus({ preventScroll: true });
};
const changed = async (name, value) => {
  await say($("#conversations-said"), name, value);
  await showConversations();
};
clicks[".rename"] = ({ dataset: { conversation: id, title } }) =>
  confirmed("Its new name:", title, "Rename", async (words) => {
    await changed("rename", { id, title: words });
    if (id === conversation) setTitle(words);
  });
clicks[".delete"] = ({ dataset: { conversation: id, title } }) =>
  confirmed(`Delete “${title}” with its answers and what was noted on them? This cannot be undone.`, null, "Delete", async () => {
    await changed("delete", id);
    if (id !== conversation) return;
    empty();
    setAddress(false);
  });
