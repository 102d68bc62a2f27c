import type { ComponentProps, MouseEvent } from 'react';
import { formatHash } from '../stores/address/address.ts';
import { openPage, useRoute } from '../stores/address/route.ts';

interface PageLinkProps extends Omit<ComponentProps<'a'>, 'href' | 'onClick'> {
  page: string;
  path?: readonly string[];
}

/**
 * A link to a page, with the prompt and the view as they are. What has just changed is in the address
 * only a moment later, so following it leaves the view alone rather than restoring the address.
 */
export function PageLink({ page, path = [], ...rest }: PageLinkProps) {
  const params = useRoute((route) => route.params);

  function onClick(event: MouseEvent): void {
    // With a key held it opens elsewhere, as any link.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    openPage(page, ...path);
  }

  return <a {...rest} href={formatHash({ page, path, params })} onClick={onClick} />;
}
