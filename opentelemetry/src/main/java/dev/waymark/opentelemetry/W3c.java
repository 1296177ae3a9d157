package dev.waymark.opentelemetry;

import dev.waymark.runner.api.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Converts trace contexts. Baggage is not carried: it may contain anything. */
final class W3c {
  private static final String TRACEPARENT = "traceparent";
  private static final String TRACESTATE = "tracestate";
  private static final W3CTraceContextPropagator FORMAT = W3CTraceContextPropagator.getInstance();

  private static final TextMapGetter<TraceContext> GETTER =
      new TextMapGetter<>() {
        @Override
        public @Nullable String get(@Nullable TraceContext carrier, String key) {
          if (carrier == null) {
            return null;
          }
          return key.equals(TRACEPARENT) ? carrier.traceparent() : carrier.tracestate();
        }
      };

  private W3c() {}

  /** Returns a context with this parent; one without a span for null. */
  static Context extract(@Nullable TraceContext parent) {
    return parent == null ? Context.root() : FORMAT.extract(Context.root(), parent, GETTER);
  }

  /** Returns what continues the trace of a span; null if the span belongs to none. */
  static @Nullable TraceContext contextOf(Span span) {
    if (!span.getSpanContext().isValid()) {
      return null;
    }
    Map<String, String> fields = new HashMap<>();
    FORMAT.inject(Context.root().with(span), fields, (all, name, value) -> put(all, name, value));
    return new TraceContext(fields.getOrDefault(TRACEPARENT, ""), fields.get(TRACESTATE));
  }

  private static void put(@Nullable Map<String, String> all, String name, String value) {
    if (all != null && !value.isEmpty()) {
      all.put(name, value);
    }
  }
}
