import { navigate } from '../navigation.ts';
import { OwlScene } from './owl.tsx';

/** For an address that is none of this page's. @param home - What `/` shows: `the live picture`. */
export function NoPage({ home }: { readonly home: string }) {
  return (
    <section class="empty" aria-label="No such page">
      <OwlScene asleep />
      <strong>There is no such page</strong>
      <p>
        Nothing is at <code>{location.pathname}</code>. The address may be mistyped, or come from another version.
      </p>
      <a class="plain" href="/" onClick={(click) => {
        if (click.ctrlKey || click.metaKey || click.shiftKey) return;
        click.preventDefault();
        navigate('/');
      }}>Show {home}</a>
    </section>
  );
}
