// Panels over the page: the wording, the quality, the keys, and questions before something is lost.

const panel = $("#panel");
let wording = JSON.parse(sessionStorage.getItem("wording") ?? page.dataset.wording);

function openPanel(name, html) {
  panel.setAttribute("aria-label", name);
  $(".content", panel).innerHTML = html; // escaped on the server
  if (!panel.open) panel.showModal();
  panel.scrollTop = 0;
}
clicks["#panel .close"] = () => panel.close();
panel.addEventListener("click", (event) => { if (event.target === panel) panel.close(); });
panel.addEventListener("close", focusField);

async function fill(name, load) {
  openPanel(name, `<p class="hint" role="status">${isReady ? "One moment …" : "Loading the models …"}</p>`);
  const waiting = $(".hint", panel);
  let html, failure = "";
  try {
    await ready;
    html = await load();
  } catch (error) {
    [html, failure] = [`<p class="failure" role="alert"></p>`, error.message];
  }
  if (!panel.open || !waiting.isConnected) return; // closed meanwhile
  openPanel(name, html);
  if (failure) $(".failure", panel).textContent = failure;
}
clicks["#show-quality"] = () => fill("Quality", () => call("quality"));
clicks[".draft-questions"] = async (button) => {
  button.disabled = true;
  try {
    save(await call("draft_questions"));
  } catch (error) {
    button.after(` ${error.message}`);
  }
  button.disabled = false;
};
clicks["#show-help"] = () => openPanel("Keys", $("#help").innerHTML);

clicks["#show-wording"] = () => fill("Wording", () => call("wording", wording));
function setWording(chosen) {
  wording = chosen;
  sessionStorage.setItem("wording", JSON.stringify(wording));
  $("#worded").textContent = wording ? "a model" : "the articles";
}
page.addEventListener("change", ({ target }) => {
  if (!target.matches("#wording [name=who]")) return;
  $("#wording .model").hidden = target.value !== "model";
  $("#wording-said").textContent = "";
  if (target.value === "articles") {
    setWording(null);
    $("#wording-said").textContent = "Answers are quoted from the articles.";
  }
});
submits["#wording"] = async (form) => {
  const { where, model, limit, hide } = form.elements, said = $("#wording-said");
  const wanted = { where: where.value, model: model.value, limit: Number(limit.value) || 0, hide: hide.checked };
  said.textContent = "Asking the model for a word …";
  const button = $(".send", form);
  button.disabled = true;
  try {
    const name = await call("use_writer", wanted);
    setWording(wanted);
    said.textContent = `It answers. The next answers are worded by ${name}.`;
    said.className = "";
  } catch (error) {
    said.textContent = `It cannot be used: ${error.message}`;
    said.className = "failure";
  }
  button.disabled = false;
};

// -- saved quotes

async function countSaved() {
  $("#saved-count").textContent = (await call("saved_count")) || "";
}
async function saveQuote(button, answer, n) {
  const words = button.textContent;
  try {
    button.textContent = await call("save_quote", { answer, n });
  } catch (error) {
    button.textContent = error.message;
  }
  setTimeout(() => { button.textContent = words; }, 1600);
  countSaved();
}
clicks[".save-quote"] = (button) => saveQuote(button, button.closest(".turn").dataset.turn, Number(button.dataset.n));
clicks[".save-current"] = (button) => saveQuote(button, opened.answer, opened.n ?? Number($("mark[data-first]", right).dataset.first));
clicks["#show-saved"] = () => fill("Saved quotes", () => call("saved"));
clicks[".export-quotes"] = async () => save(await call("export_quotes"));
clicks[".forget"] = async (button) => {
  await call("forget_quote", button.closest("li").dataset.saved);
  countSaved();
  clicks["#show-saved"]();
};
page.addEventListener("change", ({ target }) => {
  if (target.matches(".quote-note")) call("annotate", { id: target.closest("li").dataset.saved, note: target.value });
});

const dialog = $("#confirm"), input = $("#confirm input");
let confirmedWork = null;
function confirmed(question, name, label, work) {
  $("#confirm-question").textContent = visible(question);
  [input.hidden, input.required, input.value] = [name === null, name !== null, name ?? ""];
  const button = $(".confirm", dialog);
  button.textContent = label;
  button.classList.toggle("danger", name === null);
  confirmedWork = work;
  for (const menu of $$("details.menu[open]")) menu.open = false;
  dialog.showModal();
  (name === null ? $(".keep", dialog) : input).focus();
}
clicks["#confirm .keep"] = () => dialog.close();
submits["#confirm form"] = () => {
  dialog.close();
  confirmedWork(input.value);
};
