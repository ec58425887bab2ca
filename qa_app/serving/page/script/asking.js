// Asking: the field, the growing answer, and what can be done with a question.

let conversation = null, lastTurn = null; // what this window shows
let first = 0; // the position of the first question in view; earlier ones of a long conversation are not
let asking = null; // the turn that is being answered
let changing = null; // the position of the question that is being changed
let changedAsIs = false; // whether the words are searched without being completed
let grewAt = 0; // when the answer was last seen to grow
const over = new Set(); // turns whose late steps are not shown

const positionOf = (turn) => first + [...turns.children].indexOf(turn);
const next = () => first + turns.children.length;

function ask(question, position = next(), asIs = false) {
  if (asking || !question.trim()) return;
  if (page.classList.contains("gone")) return;
  while (next() > position) turns.lastElementChild.remove();
  const turn = $("#new-turn").content.querySelector(".turn").cloneNode(true);
  $(".question", turn).textContent = question;
  $(".answer", turn).innerHTML = `<p class="waiting"><span class="dots" aria-hidden="true"></span>Searching the articles …</p>`;
  turns.append(turn);
  asking = turn;
  grewAt = Date.now();
  $("#start").hidden = true;
  showAsking();
  makeRoom();
  turn.scrollIntoView({ block: "start" });
  trigger("submit", { question, position, conversation, last_turn: lastTurn, as_is: asIs, wording, limits: limits() });
}

addEventListener("answer-grows", ({ detail }) => {
  if (!detail || !asking || over.has(detail.turn)) return;
  grewAt = Date.now();
  if (detail.turn) {
    asking.dataset.turn = detail.turn;
    asking.id = `turn-${detail.turn}`;
    [conversation, lastTurn] = [detail.conversation, detail.turn];
  }
  $(".answer", asking).innerHTML = detail.html; // escaped on the server
  if (detail.done) answered(asking, detail.title);
});

// A stream breaks when a phone sleeps or its network changes: the answer is then fetched, once the server has it.
async function catchUp() {
  const turn = asking, id = turn?.dataset.turn;
  if (!id || Date.now() - grewAt < 4000) return;
  const ended = await call("ended", id);
  if (!ended || asking !== turn) return;
  $(".answer", turn).innerHTML = ended.html;
  answered(turn, ended.title);
}

function answered(turn, title) {
  if (turn.dataset.turn) over.add(turn.dataset.turn);
  asking = null;
  showAsking();
  setTitle(title);
  showConversations();
  setAddress(false);
  readBest(turn);
  focusField();
  showFollowUps(turn);
}

// Shown below the answer when they are found; nothing stands below them, so nothing moves.
async function showFollowUps(turn) {
  const { value } = await server.follow_ups(turn.dataset.turn);
  if (!value?.length || turn !== turns.lastElementChild || asking) return;
  const list = $(".follow-ups", turn);
  list.replaceChildren(...value.map((question) => {
    const item = document.createElement("li"), button = document.createElement("button");
    [button.type, button.className, button.textContent] = ["button", "example", question];
    item.append(button);
    return item;
  }));
  list.hidden = false;
}

function showAsking() {
  $("#send").hidden = Boolean(asking);
  $("#stop").hidden = !asking;
  page.classList.toggle("asking", Boolean(asking));
}

// The field takes the focus that was lost with a button, never one that a person has put elsewhere.
function focusField() {
  const at = document.activeElement;
  if (!isPhone.matches && (at === document.body || at.closest("#ask, .turn-tools, .example, .again, #left .new-conversation"))) field.focus({ preventScroll: true });
}

function submitQuestion() {
  if (asking || !field.value.trim() || page.classList.contains("gone")) return;
  const [words, position, asIs] = [field.value, changing ?? next(), changedAsIs];
  setField("");
  ask(words, position, asIs);
}
submits["#ask"] = submitQuestion;
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault(); // while an answer is written, the words wait for it
  submitQuestion();
});
field.addEventListener("input", () => sessionStorage.setItem("typed", field.value));

// Puts words into the field: to be asked, or in place of the question at a position.
function setField(words, position = null, asIs = false) {
  [field.value, changing, changedAsIs] = [words, position, asIs];
  sessionStorage.setItem("typed", words);
  $("#changing").hidden = position === null && !asIs;
  $("#changing span").textContent = asIs
    ? "A new question, searched for in just these words."
    : "Changing an earlier question; those after it are asked anew by you.";
  if (words) field.focus({ preventScroll: true });
}
clicks["#keep"] = () => setField("");

async function stop() {
  const turn = asking;
  if (!turn) return;
  asking = null;
  const id = turn.dataset.turn;
  over.add(id);
  trigger("stop", {});
  showAsking();
  if (!id) {
    setField(field.value || $(".question", turn).textContent);
    turn.remove();
    return focusField();
  }
  try {
    $(".answer", turn).innerHTML = await call("stopped", id);
  } catch (error) {
    $(".answer", turn).textContent = error.message;
  }
  showConversations();
  focusField();
}
clicks["#stop"] = stop;

clicks[".example"] = (button) => ask(button.textContent);
clicks[".again"] = (button) => {
  const turn = button.closest(".turn");
  ask($(".question", turn).textContent, positionOf(turn));
};
clicks[".edit"] = (button) => {
  const turn = button.closest(".turn");
  setField($(".question", turn).textContent, positionOf(turn));
};
clicks[".change"] = (button) => setField(button.dataset.text, null, true);
clicks[".undo"] = async (button) => {
  const turn = button.closest(".turn");
  if (asking === turn) await stop();
  const position = positionOf(turn);
  if (conversation) {
    lastTurn = await call("undone", { conversation, last_turn: lastTurn, position });
    if (!lastTurn) conversation = null;
  }
  setField($(".question", turn).textContent);
  while (next() > position) turns.lastElementChild.remove();
  if (!next()) empty();
  else if (isWide.matches) showLast();
  setAddress(false);
  showConversations();
};

submits[".feedback"] = async (form, event) => {
  const verdict = event.submitter?.value || form.elements.wrong.value, status = $("[role=status]", form);
  if (!(await say(status, "feedback", { answer: form.dataset.answer, verdict, note: form.elements.note.value }))) return;
  $(".why", form).hidden = true;
  $("[name=verdict]", form).setAttribute("aria-pressed", String(verdict === "right"));
  $(".wrong", form).setAttribute("aria-pressed", String(verdict !== "right"));
};
clicks[".wrong"] = (button) => {
  const why = $(".why", button.form);
  why.hidden = !why.hidden;
  button.setAttribute("aria-expanded", String(!why.hidden));
  if (!why.hidden) $("input", why).focus();
};

// -- kept conversations

function empty() {
  if (asking) stop();
  turns.replaceChildren();
  [conversation, lastTurn, first] = [null, null, 0];
  $("#earlier").hidden = true;
  $("#start").hidden = false;
  closeArticle({ push: null });
  setTitle("");
  markConversation();
}

async function openConversation(id) {
  if (asking) await stop();
  const kept = await call("opened", { conversation: id });
  if (!kept.last_turn) return empty();
  turns.innerHTML = kept.html; // escaped on the server
  [conversation, lastTurn, first] = [id, kept.last_turn, kept.first];
  $("#earlier").hidden = !first;
  $("#start").hidden = true;
  setTitle(kept.title);
  markConversation();
  turns.lastElementChild.scrollIntoView({ block: "start" });
  showFollowUps(turns.lastElementChild);
}

// Shows the last answer's best quote beside it, where there is room.
function showLast() {
  if (turns.lastElementChild) readBest(turns.lastElementChild, null);
  else closeArticle({ push: null });
}
// The article that an answer rests on, or that comes closest; an answer without one leaves the pane as it is.
function readBest(turn, push = false) {
  if (!isWide.matches || isUnwanted) return;
  const chip = $(".cite", turn), closest = $(".closest .open", turn);
  if (chip && quotesOf(turn).length) readQuote(turn, Number(chip.dataset.n), { push });
  else if (closest) readArticle(wantedBy(closest), { push });
  else if (!opened) closeArticle({ push });
}

clicks["#earlier"] = async () => {
  const height = scroller.scrollHeight, kept = await call("opened", { conversation, end: first });
  turns.insertAdjacentHTML("afterbegin", kept.html);
  first = kept.first;
  $("#earlier").hidden = !first;
  scroller.scrollTop += scroller.scrollHeight - height;
};
clicks[".new-conversation"] = () => {
  empty();
  setDrawer(false);
  setAddress(true);
  field.focus();
};
