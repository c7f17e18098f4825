// Dark and light, and which panel is shown where there is room for one only.
import {byId} from './view/dom';

const kThemes = ['auto', 'light', 'dark'];
const kThemeKey = 'fourtuple-theme';

function stored(): string {
  try {
    return localStorage.getItem(kThemeKey) ?? 'auto';
  } catch {
    return 'auto';  // a browser that keeps nothing
  }
}

export function chooseTheme(changed: () => void): void {
  const button = byId('theme');
  const put = (theme: string) => {
    document.documentElement.dataset.theme = theme;
    button.textContent = `◐ ${theme}`;
    changed();
  };
  button.addEventListener('click', () => {
    const next = kThemes[(kThemes.indexOf(document.documentElement.dataset.theme ?? 'auto') + 1) % kThemes.length];
    try {
      localStorage.setItem(kThemeKey, next);
    } catch { /* then it holds until the page is left */ }
    put(next);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
  put(kThemes.includes(stored()) ? stored() : 'auto');
}

export function chooseTabs(changed: () => void): void {
  const tabs = [...document.querySelectorAll<HTMLButtonElement>('#tabs button')];
  const show = (name: string) => {
    document.body.dataset.tab = name;
    for (const tab of tabs) tab.setAttribute('aria-selected', String(tab.dataset.tab === name));
    changed();
  };
  for (const tab of tabs) tab.addEventListener('click', () => show(tab.dataset.tab!));
  show('ladder');
}
