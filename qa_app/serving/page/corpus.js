// Runs once when the corpus list is there: removing an article asks first. `element` and `server` come from gr.HTML.

const dialog = document.createElement("dialog");
dialog.className = "confirm-dialog";
dialog.setAttribute("aria-labelledby", "confirm-question");
dialog.innerHTML = `<p id="confirm-question"></p><div>
  <button type="button" class="keep">Keep it</button>
  <button type="button" class="confirm danger">Move to the trash</button></div>`;
document.body.append(dialog);
let path = null;

dialog.querySelector(".keep").addEventListener("click", () => dialog.close());
dialog.querySelector(".confirm").addEventListener("click", async () => {
  dialog.close();
  const said = document.getElementById("corpus-removed");
  try {
    said.textContent = await server.remove(path);
  } catch (error) {
    said.textContent = `${path} was not removed: ${error.message}`;
  }
});

element.addEventListener("click", (event) => {
  const button = event.target.closest("button.remove");
  if (!button) return;
  path = button.dataset.document;
  dialog.querySelector("#confirm-question").textContent =
    `Remove ${path} from the corpus? Its file moves to the trash folder beside the index; nothing is destroyed.`;
  dialog.showModal();
});
