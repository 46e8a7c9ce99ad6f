import { CSPProvider } from '@base-ui/react/csp-provider';
import { Toast } from '@base-ui/react/toast';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiProblem } from './api/client.ts';
import { App } from './app.tsx';
import './style.css';
import { chosenTheme, setTheme } from './ui/theme.ts';

setTheme(chosenTheme());

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      // The session ran out or was ended elsewhere.
      if (error instanceof ApiProblem && error.status === 401) queries.setQueryData(['session'], null);
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      gcTime: 60_000,
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiProblem && error.status >= 400 && error.status < 500),
      retryDelay: (tries) => 500 * 2 ** tries,
    },
  },
});

const place = document.querySelector('#root');
if (place === null) throw new Error('index.html has no place for the page');
createRoot(place).render(
  <StrictMode>
    {/* Style elements would need a policy that allows them; style.css has what they say. */}
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <Toast.Provider timeout={5_000}>
          <App />
        </Toast.Provider>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
