// Sends the adapter's spans to an OpenTelemetry collector, or prints them where none is named. How to start with it:
// docs/observability.md. Loaded before the app: node --import ./otel.mjs ...
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ConsoleSpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

const collector =
  process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];

const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({
    'service.name': process.env['OTEL_SERVICE_NAME'] ?? 'agrenting-hiclaw',
  }),
  spanProcessors: [
    collector === undefined
      ? new SimpleSpanProcessor(new ConsoleSpanExporter())
      : new BatchSpanProcessor(new OTLPTraceExporter()),
  ],
});

// No propagator and no instrumentation of HTTP: other people's servers are not told of our traces.
provider.register({ propagator: null });

for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void provider.forceFlush());
