// The little of Markdown that the labs' texts use: paragraphs, lists, code, bold, emphasis, links, headings. Everything is
// made as elements with text in them; markup in the source stays visible text.
import {h} from './dom';

const kInline = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\((https?:\/\/[^)\s]+)\)/g;

function inline(text: string): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let at = 0;
  for (const found of text.matchAll(kInline)) {
    parts.push(text.slice(at, found.index));
    const [all, code, bold, emphasis, link, address] = found;
    if (code !== undefined) parts.push(h('code', {}, code));
    else if (bold !== undefined) parts.push(h('strong', {}, bold));
    else if (emphasis !== undefined) parts.push(h('em', {}, emphasis));
    else parts.push(h('a', {href: address, target: '_blank', rel: 'noopener noreferrer'}, link));
    at = found.index + all.length;
  }
  parts.push(text.slice(at));
  return parts;
}

function list(lines: string[], tag: 'ul' | 'ol'): HTMLElement {
  const items: string[] = [];
  for (const line of lines) {
    const item = /^\s*(?:[-*]|\d+\.) (.*)/.exec(line);
    if (item !== null) items.push(item[1]);
    else items[items.length - 1] += ' ' + line.trim();
  }
  return h(tag, {}, ...items.map((item) => h('li', {}, ...inline(item))));
}

function block(text: string): HTMLElement {
  const lines = text.split('\n');
  if (/^[-*] /.test(text)) return list(lines, 'ul');
  if (/^\d+\. /.test(text)) return list(lines, 'ol');
  const heading = /^#{1,6} (.*)/.exec(text);
  return heading !== null ? h('h4', {}, heading[1]) : h('p', {}, ...inline(lines.join(' ')));
}

export function markdown(text: string): HTMLElement[] {
  const pieces = text.split(/^```.*$/m);  // odd ones are code
  return pieces.flatMap((piece, i) => {
    if (i % 2 === 1) return [h('pre', {}, piece.replace(/^\n|\n$/g, ''))];
    return piece.split(/\n\s*\n/).map((one) => one.trim()).filter((one) => one !== '').map(block);
  });
}
