import { useState } from 'preact/hooks';
import type { SubscriberView } from '../../../../../device/contract/fleet-api.ts';
import { Icon } from '../../../../../device/ui/parts/icon.tsx';
import { OwlScene } from '../../../../../device/ui/parts/owl.tsx';
import { inWords } from '../../../../../device/ui/server.ts';
import { useAnswer } from '../../../../../device/ui/use-answer.ts';
import { dayInWords, readersLocale, timeInWords } from '../../../../../device/ui/words.ts';
import { server } from '../server.ts';
import { agoInWords } from '../words.ts';

const locale = readersLocale(navigator.languages);
const LOOK_EVERY_MS = 5000;

/** Whom the fleet tells of what it takes in, what they refused, and why. */
export function SubscribersScreen({ now }: { readonly now: number }) {
  const { answer, error, look } = useAnswer(() => server.subscribers(), LOOK_EVERY_MS);
  const subscribers = answer?.subscribers;
  return (
    <section class="requests" aria-labelledby="subscribers-title">
      <h2 id="subscribers-title">Who is told</h2>
      <p class="lead">
        Servers and queues that the fleet tells of what it takes in. They are set up in{' '}
        <code>TYTO_FLEET_EVENTS</code>.
      </p>
      <p class="error" role="alert">{error}</p>
      {subscribers?.length === 0 ? (
        <div class="empty">
          <OwlScene asleep />
          <strong>Nobody is told</strong>
          <p>What the fleet takes in can be sent to a webhook, MQTT, Kafka or SQS.</p>
        </div>
      ) : null}
      <ul>{subscribers?.map((one) => <Subscriber key={one.name} subscriber={one} now={now} onChanged={look} />)}</ul>
    </section>
  );
}

function Subscriber({ subscriber, now, onChanged }: {
  readonly subscriber: SubscriberView;
  readonly now: number;
  readonly onChanged: () => void;
}) {
  const { name, type, dead, forgotten, problem, dead_letters: letters } = subscriber;
  const [told, setTold] = useState('');
  const again = async (): Promise<void> => {
    try {
      setTold(`${(await server.redriveSubscriber(name)).redriven} tried again.`);
    } catch (refused) {
      setTold(inWords(refused));
    }
    onChanged();
  };
  const state = problem !== null ? 'refused' : dead > 0 ? 'expired' : 'done';
  return (
    <li class="request" data-state={state}>
      <span class="request-sign"><Icon name={state === 'done' ? 'check' : 'refused'} /></span>
      <div class="request-words">
        <p class="request-head"><strong>{name}</strong><span class="request-state">{type}</span></p>
        <p class="request-told">{countsInWords(subscriber, now)}</p>
        {problem === null
          ? null
          : <p>{`Cannot be told (it began ${agoInWords(problem.since, now)}): ${problem.message}`}</p>}
        {forgotten === 0 ? null : <p>{`${forgotten} were given up: more were put aside than are kept.`}</p>}
        <output class="request-told">{told}</output>
        {dead === 0 ? null : (
          <div class="request-foot">
            <details>
              <summary>{`${dead} put aside, and why`}</summary>
              <dl>
                {letters.map(({ id, device, at, attempts, reason }) => [
                  <dt key={id}>{`${dayInWords(at, new Date(), locale)}, ${timeInWords(at, locale)}`}</dt>,
                  <dd key={`${id} why`}>
                    {`${device}: ${reason} (${attempts === 1 ? 'once' : `${attempts} times`})`}
                  </dd>,
                ])}
              </dl>
            </details>
            <button
              type="button" class="plain" onClick={() => void again()} aria-label={`Try again what ${name} refused`}
            >
              Try again
            </button>
          </div>
        )}
      </div>
    </li>
  );
}

function countsInWords({ told, waiting, waiting_since: since, dead }: SubscriberView, now: number): string {
  return [
    `${told} told`,
    ...(waiting === 0
      ? []
      : [`${waiting} waiting${since === null ? '' : `, the oldest came ${agoInWords(since, now)}`}`]),
    ...(dead === 0 ? [] : [`${dead} put aside`]),
  ].join(' · ');
}
