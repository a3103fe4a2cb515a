const button = document.querySelector("button.print");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
