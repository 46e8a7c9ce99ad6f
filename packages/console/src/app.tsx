import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, type ReactNode } from 'react';
import { currentSession } from './api/client.ts';
import { followEvents } from './api/live.ts';
import { useAnswer } from './api/queries.ts';
import { ReferenceContext } from './api/reference.ts';
import { SessionContext } from './api/session.ts';
import { LoginPage } from './pages/login.tsx';
import { OverviewPage } from './pages/overview.tsx';
import { hrefOf, useRoute, type Route } from './route.ts';
import { Empty, Loading, ProblemBox, QueryView } from './ui/query-view.tsx';
import { Page } from './ui/page.tsx';
import { Shell } from './ui/shell.tsx';
import { Toasts } from './ui/toasts.tsx';

// What is seen first is loaded first, the other pages when somebody goes there.
const AgentsPage = lazy(async () => ({ default: (await import('./pages/agents.tsx')).AgentsPage }));
const AlertsPage = lazy(async () => ({ default: (await import('./pages/alerts.tsx')).AlertsPage }));
const AttentionPage = lazy(async () => ({ default: (await import('./pages/attention.tsx')).AttentionPage }));
const EarningsPage = lazy(async () => ({ default: (await import('./pages/earnings.tsx')).EarningsPage }));
const HiringPage = lazy(async () => ({ default: (await import('./pages/hiring.tsx')).HiringPage }));
const HiringsPage = lazy(async () => ({ default: (await import('./pages/hirings.tsx')).HiringsPage }));
const SettingsPage = lazy(async () => ({ default: (await import('./pages/settings.tsx')).SettingsPage }));
const AuditPage = lazy(async () => ({ default: (await import('./pages/audit.tsx')).AuditPage }));
const DoctorPage = lazy(async () => ({ default: (await import('./pages/doctor.tsx')).DoctorPage }));
const KeysPage = lazy(async () => ({ default: (await import('./pages/keys.tsx')).KeysPage }));
const PolicyPage = lazy(async () => ({ default: (await import('./pages/policy.tsx')).PolicyPage }));
const RoomsPage = lazy(async () => ({ default: (await import('./pages/rooms.tsx')).RoomsPage }));
const RegisterPage = lazy(async () => ({
  default: (await import('./pages/agent-register.tsx')).RegisterPage,
}));
const ListingPage = lazy(async () => ({ default: (await import('./pages/agent-listing.tsx')).ListingPage }));
const WorkersPage = lazy(async () => ({ default: (await import('./pages/workers.tsx')).WorkersPage }));

/** Who is not logged in sees the login, and after it the place that was asked for. */
export function App() {
  const queries = useQueryClient();
  const route = useRoute();
  const {
    data: session,
    error,
    refetch,
  } = useQuery({
    queryKey: ['session'],
    queryFn: async () => (await currentSession()) ?? null,
    staleTime: Infinity,
  });
  const isIn = session !== undefined && session !== null;
  useEffect(() => {
    if (!isIn) return;
    const events = followEvents(queries);
    return () => events.close();
  }, [isIn, queries]);

  if (session === undefined) {
    return (
      <main className="alone">
        {error === null ? <Loading /> : <ProblemBox error={error} retry={() => void refetch()} />}
      </main>
    );
  }
  if (session === null) return <LoginPage />;
  return (
    <SessionContext value={session}>
      <Shell path={route.path} session={session}>
        <WithReference>
          <Suspense fallback={<Loading />}>{pageOf(route)}</Suspense>
        </WithReference>
      </Shell>
      <Toasts />
    </SessionContext>
  );
}

/** Shows a page once the states and limits of the adapter are known. */
function WithReference({ children }: { readonly children: ReactNode }) {
  const query = useAnswer(['reference'], '/reference', { onDemand: true });
  return (
    <QueryView query={query}>
      {(reference) => <ReferenceContext value={reference}>{children}</ReferenceContext>}
    </QueryView>
  );
}

function pageOf({ path, query }: Route): ReactNode {
  const [name, id] = path.split('/');
  if (name === 'hirings' && id !== undefined) return <HiringPage key={id} id={id} />;
  if (name === 'agents' && id === 'register') return <RegisterPage />;
  if (name === 'agents' && id !== undefined) return <ListingPage key={id} id={id} />;
  switch (path) {
    case '':
      return <OverviewPage />;
    case 'attention':
      return <AttentionPage />;
    case 'hirings':
      return <HiringsPage query={query} />;
    case 'agents':
      return <AgentsPage query={query} />;
    case 'workers':
      return <WorkersPage query={query} />;
    case 'earnings':
      return <EarningsPage query={query} />;
    case 'alerts':
      return <AlertsPage />;
    case 'doctor':
      return <DoctorPage />;
    case 'rooms':
      return <RoomsPage />;
    case 'keys':
      return <KeysPage />;
    case 'policy':
      return <PolicyPage />;
    case 'audit':
      return <AuditPage />;
    case 'settings':
      return <SettingsPage />;
    default:
      return (
        <Page title="Not found">
          <Empty title="Page not found">
            <a href={hrefOf('')}>Go to the overview</a>
          </Empty>
        </Page>
      );
  }
}
