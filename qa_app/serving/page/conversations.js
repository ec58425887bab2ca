// Runs once when the list of conversations is there. `element`, `props`, `server` and `trigger` come from gr.HTML.

const dialog = document.createElement("dialog");
dialog.className = "confirm-dialog";
dialog.setAttribute("aria-labelledby", "conversation-question");
dialog.innerHTML = `<form method="dialog"><p id="conversation-question"></p>
  <input aria-label="New name" maxlength="200" autocomplete="off">
  <div><button type="button" class="keep">Cancel</button><button type="submit" class="confirm"></button></div></form>`;
document.body.append(dialog);
const input = dialog.querySelector("input");
const confirm = dialog.querySelector(".confirm");
let act = null;

function ask(question, name, label, done) {
  dialog.querySelector("#conversation-question").textContent = question;
  input.hidden = name === null;
  input.required = name !== null;
  input.value = name ?? "";
  confirm.textContent = label;
  confirm.classList.toggle("danger", name === null);
  act = done;
  dialog.showModal();
  (name === null ? dialog.querySelector(".keep") : input).focus();
}

async function change(work) {
  const said = document.getElementById("conversations-said");
  try {
    said.textContent = await work();
  } catch (error) {
    said.textContent = `That failed: ${error.message}`;
  }
  props.value = await server.listing(null);
}

dialog.querySelector(".keep").addEventListener("click", () => dialog.close());
dialog.querySelector("form").addEventListener("submit", () => change(act));

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-conversation]");
  if (!button) return;
  const { conversation: id, title } = button.dataset;
  if (button.matches(".open-conversation")) trigger("select", { id });
  if (button.matches(".rename")) ask("Its new name:", title, "Rename", () => server.rename({ id, title: input.value }));
  if (button.matches(".delete")) {
    ask(`Delete “${title}” with its answers and what was noted on them? This cannot be undone.`, null, "Delete", async () => {
      const words = await server.remove(id);
      trigger("delete", { id });
      return words;
    });
  }
});
