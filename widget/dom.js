// Making nodes. Everything is built as nodes, never as HTML text: nothing in a message can become markup or script.
import { texts } from "./texts.nl.js";

const SVG = "http://www.w3.org/2000/svg";
const LINK_PROTOCOLS = ["http:", "https:", "mailto:", "tel:"];
const ICONS = {
  chat: "M4 4h16v12H9l-5 4z",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M8 8h11v12H8zM5 16V4h11",
  menu: "M4 6h16M4 12h16M4 18h16",
  send: "M4 12L20 4l-5 16-3-7z",
  speak: "M4 9h4l5-4v14l-5-4H4zM16 9c1.5 2 1.5 4 0 6M19 6c3 4 3 8 0 12",
};

/** A node with properties (`part`, `class` and ARIA attributes by their attribute name) and children. */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node && name !== "part") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  drawing.append(path);
  return drawing;
}

/** A button with an icon and a text; `onClick` gets the event. */
export function button(text, onClick, { icon: name, ...properties } = {}) {
  const node = element("button", { type: "button", ...properties }, ...(name ? [icon(name)] : []), element("span", {}, text));
  node.addEventListener("click", onClick);
  return node;
}

/** A link that opens in a new tab; only its title, as text, when the address is of a kind that could run script. */
export function link(title, url) {
  if (!isSafe(url)) return element("span", {}, title);
  return element(
    "a",
    { href: url, target: "_blank", rel: "noopener noreferrer" },
    title,
    element("span", { className: "visually-hidden new-tab" }, ` ${texts.newTab}`),
  );
}

function isSafe(url) {
  try {
    return LINK_PROTOCOLS.includes(new URL(url).protocol);
  } catch {
    return false;
  }
}
