/** Line icons on a grid of 24, drawn for Tyto. */
const PATHS = {
  expand: 'M4 9V5a1 1 0 0 1 1-1h4M15 4h4a1 1 0 0 1 1 1v4M20 15v4a1 1 0 0 1-1 1h-4M9 20H5a1 1 0 0 1-1-1v-4',
  play: 'M8 5.5v13l11-6.5Z',
  pause: 'M8.5 6v12M15.5 6v12',
  left: 'M14.5 5 8 12l6.5 7',
  right: 'M9.5 5 16 12l-6.5 7',
  up: 'M5 14.5 12 8l7 6.5',
  down: 'M5 9.5 12 16l7-6.5',
  copy: 'M9 9h10v10H9ZM6 15H5V5h10v1',
  download: 'M12 4v11m0 0 4.5-4.5M12 15l-4.5-4.5M5 19.5h14',
  upload: 'M12 15V4m0 0 4.5 4.5M12 4 7.5 8.5M5 19.5h14',
  picture:
    'M5 5h14a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1Zm-1 11 4.5-4.5 4 4 3-3L20 17M15.5 9h.01',
  menu: 'M5 7h14M5 12h14M5 17h14',
  shield: 'M12 3.5 19 6v5.5c0 4.3-2.9 7.6-7 9-4.1-1.4-7-4.7-7-9V6Z',
  check: 'M8.5 12l2.5 2.5 4.5-5',
  off: 'M9 9l6 6M15 9l-6 6',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm9.5 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z',
  key: 'M14.5 9.5h.01M9 21v-3h3v-3h1.5a6 6 0 1 0-4.8-2.3L3 18.5V21Z',
  leave: 'M14 8V5.5a1 1 0 0 0-1-1H6a1 1 0 0 0-1 1v13a1 1 0 0 0 1 1h7a1 1 0 0 0 1-1V16M10 12h10m0 0-3-3m3 3-3 3',
  close: 'M6 6l12 12M18 6 6 18',
  camera: 'M4 7.5h10a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1Zm11 3.2 5-2.7v8l-5-2.7',
  star: 'M12 4l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8Z',
  starred: 'M12 4l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8ZM12 8.5v5.5M9.5 12h5',
  bin: 'M5 7h14M10 7V5h4v2M7 7l1 12.5h8L17 7M10.5 10.5v6M13.5 10.5v6',
  all: 'M4.5 4.5h6v6h-6ZM13.5 4.5h6v6h-6ZM4.5 13.5h6v6h-6ZM13.5 13.5h6v6h-6Z',
  zones: 'M5 6.5 17 4.5l2.5 12-13 3ZM5 6.5h.01M17 4.5h.01M19.5 16.5h.01M6.5 19.5h.01',
  people:
    'M9 11a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 9 11ZM3 19.5c0-3.3 2.6-5.5 6-5.5s6 2.2 6 5.5M15.5 5a3 3 0 0 1 0 5.8M17 14.4c2.4.6 4 2.5 4 5.1',
  filter: 'M4 6.5h16M7 12h10M10.5 17.5h3',
  path: 'M5 19c2-7 6-2 8-7s2-6 6-7M19 5h.01M5 19h.01',
  record: 'M12 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12Z',
  stop: 'M7.5 7.5h9v9h-9Z',
  sound: 'M4 9.5h3.5L12 5.5v13l-4.5-4H4ZM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  mute: 'M4 9.5h3.5L12 5.5v13l-4.5-4H4ZM16 9.5l5 5M21 9.5l-5 5',
  refused: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM6 6l12 12',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
