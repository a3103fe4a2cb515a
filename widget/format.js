// The light formatting of a message: **bold**, [text](address), lines starting with "- " or "1. ".
import { element, link } from "./dom.js";

const INLINE = /\*\*(.+?)\*\*|\[([^\]]+)\]\(([^\s)]+)\)/g;
const BULLET = /^- (.*)$/;
const NUMBER = /^(\d+)\. (.*)$/;

/** The text as nodes. */
export function format(text) {
  const fragment = document.createDocumentFragment();
  let list = null;
  for (const line of text.split("\n")) {
    const bullet = BULLET.exec(line);
    const number = NUMBER.exec(line);
    if (bullet || number) {
      const tag = bullet ? "UL" : "OL";
      if (list?.tagName !== tag) {
        list = element(tag, number ? { start: Number(number[1]) } : {});
        fragment.append(list);
      }
      list.append(element("li", {}, ...inline(bullet ? bullet[1] : number[2])));
    } else if (line.trim()) {
      // The line below a numbered one belongs to it.
      if (list?.tagName === "OL") {
        list.lastElementChild.append(element("br"), ...inline(line));
      } else {
        list = null;
        fragment.append(element("p", {}, ...inline(line)));
      }
    }
  }
  return fragment;
}

/** A whole reply as text: to copy, to read aloud, to announce. */
export function plain({ text, cards = [], links = [] }) {
  const lines = [text];
  for (const card of cards) {
    lines.push("", card.title, card.text, ...card.facts.map(([label, value]) => `${label}: ${value}`));
    lines.push(...card.links.map(named));
  }
  lines.push(...links.map(named));
  return lines
    .join("\n")
    .replaceAll(INLINE, (_, bold, title, url) => bold ?? named({ title, url }))
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

function named({ title, url }) {
  return `${title}: ${url}`;
}

function* inline(text) {
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    yield text.slice(end, match.index);
    end = match.index + match[0].length;
    yield match[1] === undefined ? link(match[2], match[3]) : element("strong", {}, match[1]);
  }
  yield text.slice(end);
}
