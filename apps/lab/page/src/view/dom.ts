// Making elements. Text goes in as text, never as markup: lines of frames and labels come from outside.

export type Attributes = Record<string, string | number | boolean | undefined | ((event: Event) => void)>;
type Child = Node | string | undefined | false;

function put(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);  // onclick
    else if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
}

export function h<Tag extends keyof HTMLElementTagNameMap>(
    tag: Tag, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  put(element, attributes);
  fill(element, children);
  return element;
}

export function svg<Tag extends keyof SVGElementTagNameMap>(
    tag: Tag, attributes: Attributes = {}, ...children: Child[]): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  put(element, attributes);
  fill(element, children);
  return element;
}

function fill(element: Element, children: Child[]): void {
  for (const child of children) {
    if (child !== undefined && child !== false) element.append(child);
  }
}

export function button(text: string, label: string, onclick: (event: Event) => void, more: Attributes = {}): HTMLButtonElement {
  return h('button', {type: 'button', title: label, 'aria-label': label, onclick, ...more}, text);
}

export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element ${id}`);
  return found as Kind;
}

// Replaces what is inside only where it differs: what nobody changed keeps its focus and its place for screen readers.
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function save(content: Blob | string, name: string, type = 'text/plain'): void {
  const blob = typeof content === 'string' ? new Blob([content], {type}) : content;
  const address = URL.createObjectURL(blob);
  const link = h('a', {href: address, download: name});
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
