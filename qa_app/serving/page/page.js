// Runs once when the evidence panel is there. `element`, `props` and `server` come from gr.HTML.

const dialog = document.createElement("dialog");
dialog.className = "article-dialog";
dialog.setAttribute("aria-label", "Article");
dialog.innerHTML = '<button type="button" class="close" aria-label="Close the article">Close</button><div class="content"></div>';
document.body.append(dialog);
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

async function openArticle(button) {
  const { document: path, start, end } = button.dataset;
  const content = dialog.querySelector(".content");
  content.innerHTML = await server.article({ path, start, end }); // escaped on the server
  if (!dialog.open) dialog.showModal();
  const place = content.querySelector("mark") || content.querySelector(".boilerplate");
  if (place) place.scrollIntoView({ block: "center" });
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
