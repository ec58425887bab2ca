// Runs once when the corpus list is there: removing an article asks first. `element` and `server` come from gr.HTML.

const dialog = document.createElement("dialog");
dialog.className = "confirm-dialog";
dialog.setAttribute("aria-labelledby", "confirm-question");
dialog.innerHTML = `<p id="confirm-question"></p><div>
  <button type="button" class="keep">Keep it</button>
  <button type="button" class="confirm danger">Move to the trash</button></div>`;
document.body.append(dialog);
let path, folder, name;

dialog.querySelector(".keep").addEventListener("click", () => dialog.close());
dialog.querySelector(".confirm").addEventListener("click", async () => {
  dialog.close();
  const said = document.getElementById("corpus-removed");
  try {
    said.textContent = await server.remove({ path, folder });
  } catch (error) {
    said.textContent = `${name} was not removed: ${error.message}`;
  }
});

element.addEventListener("click", (event) => {
  const button = event.target.closest("button.remove");
  if (!button) return;
  ({ document: path, folder } = button.dataset);
  name = folder ? `${folder}:${path}` : path;
  dialog.querySelector("#confirm-question").textContent =
    `Remove ${name} from the corpus? Its file moves to the trash folder beside the index; nothing is destroyed.`;
  dialog.showModal();
});
