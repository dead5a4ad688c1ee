import { useEffect, useState } from 'preact/hooks';
import type { SegmentView } from '../../../../contract/device-api.ts';
import { navigate } from '../../../../ui/navigation.ts';
import { Icon } from '../../../../ui/parts/icon.tsx';
import { OwlScene } from '../../../../ui/parts/owl.tsx';
import { inWords } from '../../../../ui/server.ts';
import { dayInWords, readersLocale, timeInWords } from '../../../../ui/words.ts';
import { sizeInWords } from '../device/facts.ts';
import { server } from '../server.ts';

const locale = readersLocale(navigator.languages);

/** The films of days: a picture every so often, a day in minutes. */
export function FilmsScreen() {
  const [films, setFilms] = useState<readonly SegmentView[] | undefined>(undefined);
  const [chosen, setChosen] = useState<SegmentView | undefined>(undefined);
  const [error, setError] = useState('');
  useEffect(() => {
    server.films().then(
      ({ recordings }) => {
        setFilms(recordings.toReversed());
        setChosen(recordings.findLast(({ to }) => to !== null) ?? recordings.at(-1));
      },
      (refused: unknown) => setError(inWords(refused)),
    );
  }, []);
  return (
    <article class="detail" aria-label="Films of days">
      <nav class="detail-nav">
        <button type="button" class="plain" onClick={() => navigate('/')}><Icon name="left" />Live</button>
      </nav>
      {chosen === undefined ? null : <Film key={chosen.name} film={chosen} />}
      <header class="detail-head"><h2>Films of days</h2></header>
      <p class="error places-error" role="alert">{error}</p>
      {films?.length === 0 ? <NoFilms /> : null}
      <ul class="people">
        {films?.map((film) => (
          <li key={film.name}>
            <button
              type="button" class="card film" aria-current={film === chosen ? 'true' : undefined}
              onClick={() => setChosen(film)}
            >
              <Icon name="play" />
              <span class="key-words">
                <strong>{dayInWords(film.from, new Date(), locale)}</strong>
                <span>
                  from {timeInWords(film.from, locale)} · {film.bytes === null
                    ? 'the day so far'
                    : sizeInWords(film.bytes)}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </article>
  );
}

function Film({ film: { name, to } }: { readonly film: SegmentView }) {
  const [failed, setFailed] = useState(false);
  return (
    <figure class="stage-picture clip recordings-picture">
      <video src={`/api/recordings/${name}`} controls autoPlay muted playsInline aria-label="Film of a day"
        onError={() => setFailed(true)} />
      {failed && to === null ? <p class="clip-failed" role="alert">
        This film is still being made, and cannot be shown yet. Try again in a while.
      </p> : null}
      {failed && to !== null ? <p class="clip-failed" role="alert">
        This browser cannot play it. <a href={`/api/recordings/${name}`} download>
          Save it
        </a> to watch it in another program.
      </p> : null}
    </figure>
  );
}

function NoFilms() {
  return (
    <div class="empty">
      <OwlScene asleep />
      <strong>No films yet</strong>
      <p>
        Set <code>timelapse.interval</code>
        , to 30s for instance, and a film is made of each day: a picture every half minute, a day in two minutes.
      </p>
    </div>
  );
}
