export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'agrenting-theme';
const CHANGED = 'themechange';
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
systemIsDark.addEventListener('change', () => dispatchEvent(new Event(CHANGED)));

export function chosenTheme(): Theme {
  const kept = read();
  return THEMES.find((theme) => theme === kept) ?? 'system';
}

/** Shows the page in light or dark, as the system does or as was chosen; it is remembered in this browser. */
export function setTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage may be forbidden; then the choice lasts until the page is left.
  }
  dispatchEvent(new Event(CHANGED));
}

export function onThemeChange(onChanged: () => void): () => void {
  addEventListener(CHANGED, onChanged);
  return () => removeEventListener(CHANGED, onChanged);
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
