// Prints the conversation on paper of its own: a hidden frame, so that the page around it plays no part.
import { element } from "./dom.js";
import { texts } from "./texts.nl.js";

export function print(log) {
  const frame = element("iframe", { className: "visually-hidden", title: texts.printTitle, tabIndex: -1, "aria-hidden": "true" });
  log.after(frame);
  const paper = frame.contentDocument;
  paper.documentElement.lang = texts.language;
  paper.title = texts.printTitle;
  const style = paper.createElement("link");
  style.rel = "stylesheet";
  style.href = new URL("print.css", import.meta.url).href;
  style.onload = () => {
    frame.contentWindow.addEventListener("afterprint", () => setTimeout(() => frame.remove()));
    frame.contentWindow.focus();
    frame.contentWindow.print();
  };
  paper.head.append(style);
  paper.body.append(element("h1", {}, texts.printTitle), element("p", {}, new Date().toLocaleDateString(texts.language, { dateStyle: "long" })));
  for (const message of log.querySelectorAll(".message")) paper.body.append(message.cloneNode(true));
  for (const node of paper.querySelectorAll("button, .choices, .tools, .note")) node.remove();
  for (const link of paper.querySelectorAll("a")) link.append(` (${link.href})`);
}
