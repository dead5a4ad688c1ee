import type { ComponentChildren } from 'preact';
import { navigate } from '../../../../../device/ui/navigation.ts';

export interface LinkProps {
  readonly to: string;
  readonly class?: string;
  readonly current?: boolean;
  readonly label?: string | undefined;
  readonly children: ComponentChildren;
}

/** A link within the page; opened in a new tab it is one like any other. */
export function Link({ to, current = false, label, children, ...rest }: LinkProps) {
  return (
    <a
      {...rest} href={to} aria-current={current ? 'page' : undefined} aria-label={label}
      onClick={(click) => {
        if (click.ctrlKey || click.metaKey || click.shiftKey) return;
        click.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </a>
  );
}
