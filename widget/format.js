// Light Markdown to DOM nodes: **bold**, [text](https://...), lines starting with "- " or "1. ".
// Builds nodes instead of HTML text, so nothing in a message can become markup or script.
import { texts } from "./texts.nl.js";

const INLINE = /\*\*(.+?)\*\*|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g;
const BULLET = /^- (.*)$/;
const NUMBER = /^(\d+)\. (.*)$/;

export function format(text) {
  const fragment = document.createDocumentFragment();
  let list = null;
  for (const line of text.split("\n")) {
    const bullet = BULLET.exec(line);
    const number = NUMBER.exec(line);
    if (bullet || number) {
      const tag = bullet ? "UL" : "OL";
      if (list?.tagName !== tag) {
        list = document.createElement(tag);
        if (number) list.start = Number(number[1]);
        fragment.append(list);
      }
      const item = document.createElement("li");
      item.append(...inline(bullet ? bullet[1] : number[2]));
      list.append(item);
    } else if (line.trim()) {
      // The line below a numbered one belongs to it.
      if (list?.tagName === "OL") {
        list.lastElementChild.append(document.createElement("br"), ...inline(line));
      } else {
        list = null;
        const paragraph = document.createElement("p");
        paragraph.append(...inline(line));
        fragment.append(paragraph);
      }
    }
  }
  return fragment;
}

function* inline(text) {
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    yield text.slice(end, match.index);
    end = match.index + match[0].length;
    if (match[1] !== undefined) {
      const bold = document.createElement("strong");
      bold.textContent = match[1];
      yield bold;
    } else {
      yield link(match[2], match[3]);
    }
  }
  yield text.slice(end);
}

function link(label, url) {
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
  anchor.textContent = label;
  const note = document.createElement("span");
  note.className = "visually-hidden";
  note.textContent = ` ${texts.newTab}`;
  anchor.append(note);
  return anchor;
}
