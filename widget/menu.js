// The small menu at the top: a button that shows and hides a list of buttons.
import { button, element } from "./dom.js";
import { texts } from "./texts.nl.js";

export class Menu {
  /** `actions`: what to do for larger, smaller, print, restart and erase. */
  constructor(actions) {
    const entry = (name, stays) => button(texts[name], () => {
      if (!stays) this.close(true);
      actions[name]();
    });
    this.list = element(
      "div",
      { className: "menu", id: "menu", hidden: true, part: "menu" },
      entry("larger", true),
      entry("smaller", true),
      entry("print"),
      entry("restart"),
      button(texts.erase, () => {
        this.close(true);
        this.question.showModal();
      }),
    );
    this.button = button(texts.menu, () => (this.list.hidden ? this.open() : this.close()), {
      icon: "menu",
      "aria-expanded": "false",
      "aria-controls": "menu",
    });
    this.question = this.ask(texts.eraseAsk, texts.eraseYes, texts.eraseNo, actions.erase);
    this.node = element("div", { className: "menu-place" }, this.button, this.list);
    this.node.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !this.node.contains(relatedTarget)) this.close();
    });
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.list.hidden) return;
      event.preventDefault(); // this Escape is for the menu, not for the window around it
      event.stopPropagation();
      this.close(true);
    });
  }

  open() {
    this.list.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.list.firstElementChild.focus();
  }

  close(focus = false) {
    this.list.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (focus) this.button.focus();
  }

  /** A question in a window of its own; it closes by either answer and by Escape. */
  ask(question, yes, no, onYes) {
    const dialog = element("dialog", { className: "question", "aria-label": question }, element("p", {}, question));
    const answer = (text, act) =>
      button(text, () => {
        dialog.close();
        act();
      });
    dialog.append(element("div", { className: "question-answers" }, answer(no, () => {}), answer(yes, onYes)));
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    return dialog;
  }
}
