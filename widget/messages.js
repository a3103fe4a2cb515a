// Draws the messages of a conversation.
import { button, element, link } from "./dom.js";
import { format, plain } from "./format.js";
import { readAloud } from "./speech.js";
import { HISTORY } from "./store.js";
import { texts } from "./texts.nl.js";

const MARGIN = 8; // pixels above a message that is scrolled to the top

export class Messages {
  /**
   * `base`: the server's address, for its pages. `choose(title, payload)`: a button was pressed. `retry(entry)`: send
   * a refused message again. `tell(text)`: something for the status line.
   */
  constructor({ base, choose, retry, tell }) {
    Object.assign(this, { base, choose, retry, tell });
    this.nodes = new Map(); // by the id of the message
    this.log = element("div", { className: "log", part: "log", role: "log", tabIndex: 0, "aria-label": texts.log });
    // The log itself is not announced: a screen reader would read the whole history when it is drawn.
    this.log.setAttribute("aria-live", "off");
    this.announcer = element("div", { className: "visually-hidden", "aria-live": "polite" });
  }

  /** Replaces all that is drawn. */
  drawAll(entries) {
    this.nodes.clear();
    const said = entries.findLastIndex(({ who }) => who === "user");
    const drawn = entries.map((entry, index) => this.draw(entry, index > said));
    const fragment = document.createDocumentFragment();
    fragment.append(...drawn);
    this.log.replaceChildren(fragment);
    this.toEnd();
  }

  /** Draws a message that is new or that changed. */
  show(entry) {
    const before = this.nodes.get(entry.id);
    if (!before && entry.who === "user") this.closeChoices();
    const node = this.draw(entry, true);
    if (before) {
      before.replaceWith(node);
      return;
    }
    const later = [...this.log.children].findLast((other) => other.at <= entry.at);
    if (later) later.after(node);
    else this.log.prepend(node);
    while (this.log.children.length > HISTORY) this.log.firstElementChild.remove();
    this.toNew();
  }

  announce(entry) {
    const choices = [...(entry.cards ?? []).flatMap((card) => card.buttons), ...(entry.buttons ?? [])].length;
    this.announcer.replaceChildren(
      element("p", {}, `${texts.bot}: ${plain(entry)}`),
      element("p", {}, choices ? texts.choices(choices) : ""),
    );
  }

  /** What scrolls: the log, or on a very low screen (zoomed in) the whole window, see chat.css. */
  get scroller() {
    return getComputedStyle(this.log).overflowY === "visible" ? this.log.parentElement : this.log;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** What this person said last at the top, with as much of the answer as fits below it. */
  toNew() {
    const said = [...this.log.querySelectorAll(".user")].at(-1) ?? this.log.firstElementChild;
    const { scroller } = this;
    scroller.scrollTop += said.getBoundingClientRect().top - scroller.getBoundingClientRect().top - MARGIN;
  }

  // The buttons below a message answer what the bot asks at that moment ('Ja', 'Sla over'). Once something was said
  // they would answer another question, so they go; the choice itself stands in the conversation. Buttons in a card
  // stay and keep working: they name one thing, and people scroll back to a list to try the next one.
  closeChoices() {
    this.log.querySelectorAll(".answers").forEach((answers) => answers.remove());
  }

  draw(entry, open) {
    const who = entry.who === "bot" ? "bot" : "user";
    const bubble = element("div", { className: "bubble", part: `message message-${who}` });
    bubble.append(element("span", { className: "who visually-hidden" }, `${who === "bot" ? texts.bot : texts.you}: `));
    const node = element("div", { className: `message ${who}`, hidden: Boolean(entry.hidden) }, bubble);
    node.at = entry.at;
    this.nodes.set(entry.id, node);
    if (who === "user") {
      bubble.append(entry.text);
      if (entry.waiting) node.append(element("p", { className: "note waiting" }, texts.waiting));
      if (entry.failed) node.append(this.failure(entry));
    } else {
      this.fill(node, bubble, entry, open);
    }
    return node;
  }

  fill(node, bubble, entry, open) {
    const { text, cards = [], links = [], pages = [], buttons = [] } = entry;
    bubble.append(format(text));
    const shown = [...links.map(({ title, url }) => link(title, url)), ...pages.map((page) => this.page(page))];
    if (shown.length) bubble.append(list("links", shown));
    if (cards.length) node.append(element("div", { className: "cards" }, ...cards.map((card) => this.card(card))));
    node.plain = plain(entry);
    node.append(this.tools(node));
    if (open && buttons.length) node.append(this.choices(buttons, "answers"));
  }

  page({ title, path }) {
    const url = new URL(`.${path}`, this.base);
    return link(title, path.startsWith("/") && url.href.startsWith(this.base.href) ? url.href : "");
  }

  card({ title, text = "", facts = [], buttons = [], links = [] }) {
    const card = element("section", { className: "card", part: "card" }, element("h3", {}, title), format(text));
    if (facts.length) {
      const pairs = facts.map(([label, value]) =>
        element("div", {}, element("dt", {}, label), element("dd", {}, format(value))),
      );
      card.append(element("dl", {}, ...pairs));
    }
    if (links.length) card.append(list("links", links.map((one) => link(one.title, one.url))));
    if (buttons.length) card.append(this.choices(buttons));
    return card;
  }

  choices(buttons, kind = "") {
    const drawn = buttons.map(({ title, payload }) =>
      button(title, () => this.choose(title, payload), { part: "choice" }),
    );
    return list(`choices ${kind}`, drawn);
  }

  // For all that the bot said in one go; chat.css shows them below its last message only.
  tools(node) {
    const copy = button(texts.copy, () => this.copy(turn(node)), { icon: "copy" });
    const label = (reading) => {
      read.lastElementChild.textContent = reading ? texts.stopReading : texts.readAloud;
    };
    const read = button(texts.readAloud, () => readAloud(turn(node), label), { icon: "speak", className: "speak" });
    return element("div", { className: "tools" }, read, copy);
  }

  failure(entry) {
    const again = button(texts.retry, () => this.retry(entry));
    return element("p", { className: "note failed" }, `${texts.failed} ${entry.failed} `, again);
  }

  async copy(text) {
    try {
      // Without https there is no clipboard to write to, only the old command.
      if (navigator.clipboard) await navigator.clipboard.writeText(text);
      else copyByCommand(text, this.log);
      this.tell(texts.copied);
    } catch {
      this.tell(texts.notCopied);
    }
  }
}

/** The text of this message of the bot and of those just before it. */
function turn(node) {
  const before = node.previousElementSibling;
  return before?.plain ? `${turn(before)}\n\n${node.plain}` : node.plain;
}

function list(className, nodes) {
  return element("ul", { className, role: "list" }, ...nodes.map((node) => element("li", {}, node)));
}

function copyByCommand(text, place) {
  const focused = place.getRootNode().activeElement;
  const field = element("textarea", { className: "visually-hidden", value: text });
  place.after(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  if (!done) throw new Error("The browser refused to copy");
}
