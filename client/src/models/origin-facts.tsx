import type { Origin } from '@loupe/shared';
import { OutsideLink } from '../ui/outside-link.tsx';

/** A commit by its first characters; a branch's name as it is. */
function shortRevision(revision: string): string {
  return /^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 7) : revision;
}

/** Where something was published, under which licence and in which paper. */
export function OriginFacts({ origin }: { origin: Origin }) {
  const { repository, revision, url, licence, paper } = origin;
  return (
    <>
      <div>
        <dt>repository</dt>
        <dd>
          <OutsideLink href={url}>{repository}</OutsideLink>{' '}
          <span className="mono muted" title={revision}>
            @{shortRevision(revision)}
          </span>
        </dd>
      </div>
      <div>
        <dt>licence</dt>
        <dd>{licence === 'unknown' ? 'none stated by the repository' : licence}</dd>
      </div>
      {paper && (
        <div>
          <dt>paper</dt>
          <dd>
            <OutsideLink href={paper.url}>{paper.title}</OutsideLink>
          </dd>
        </div>
      )}
    </>
  );
}
