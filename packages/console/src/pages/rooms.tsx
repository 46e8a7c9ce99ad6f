import { usePages } from '../api/queries.ts';
import type { Room } from '../api/schemas.ts';
import { hrefOf } from '../route.ts';
import { safeText } from '../text/safe-text.ts';
import { Empty, Listed } from '../ui/query-view.tsx';
import { Badge } from '../ui/badge.tsx';
import { Timestamp } from '../ui/timestamp.tsx';
import { Page } from '../ui/page.tsx';
import { Id } from '../ui/safe-text.tsx';

/** The rooms that were opened for hirings: whose they are, and whether the adapter is still in them. */
export function RoomsPage() {
  const query = usePages(['rooms'], '/rooms', { everyMs: 60_000 });
  return (
    <Page title="Rooms">
      <p className="dim intro">
        Each hiring has its own room. Newest first. After the hiring ends, the adapter leaves the room after a
        while; who else is in it can still read it.
      </p>
      <Listed
        query={query}
        empty={
          <Empty title="No room yet">
            A room is opened for the first hiring. If rooms per hiring are off, hirings go to the worker’s own
            room, which <a href={hrefOf('workers')}>Workers</a> shows.
          </Empty>
        }
      >
        {(rooms) => (
          <div className="card flush">
            <table className="list">
              <caption className="unseen">Rooms of hirings, the newest first</caption>
              <thead>
                <tr>
                  <th scope="col">Hiring</th>
                  <th scope="col" className="wide-only">
                    Worker
                  </th>
                  <th scope="col" className="wide-only">
                    Room
                  </th>
                  <th scope="col">State</th>
                </tr>
              </thead>
              <tbody>
                {rooms.map((room) => (
                  <tr key={room.roomId}>
                    <td className="nowrap-id">
                      <a className="row-link" href={hrefOf(`hirings/${encodeURIComponent(room.hiringId)}`)}>
                        <Id id={room.hiringId} />
                      </a>
                      <div className="dim below phone-only">
                        {safeText(room.worker)} <Id id={room.roomId} whole />
                      </div>
                    </td>
                    <td className="wide-only">{safeText(room.worker)}</td>
                    <td className="wide-only">
                      <Id id={room.roomId} whole />
                    </td>
                    <td className="nowrap">
                      <RoomState room={room} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Listed>
    </Page>
  );
}

function RoomState({ room: { endedAt, leftAt } }: { readonly room: Room }) {
  if (endedAt === null && leftAt === null) return <Badge tone="busy">open</Badge>;
  return (
    <>
      <Badge tone="off">{leftAt === null ? 'ended' : 'left'}</Badge>{' '}
      <span className="dim">
        <Timestamp at={leftAt ?? endedAt} />
      </span>
    </>
  );
}
