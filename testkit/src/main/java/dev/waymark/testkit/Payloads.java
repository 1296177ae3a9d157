package dev.waymark.testkit;

import dev.waymark.core.internal.read.Previews;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadPreview;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskRunId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The payloads of the reference store, except for the inputs of executions. */
final class Payloads {
  private final Map<PayloadRef, Payload> payloads = new HashMap<>();
  private final Map<PayloadRef, ExecutionId> owners = new HashMap<>();

  void put(PayloadRef ref, ExecutionId owner, Payload payload) {
    payloads.put(ref, payload);
    owners.put(ref, owner);
  }

  /** Gives a payload, if there is one, another name and owner. */
  void move(PayloadRef from, PayloadRef to, ExecutionId owner) {
    Payload payload = payloads.remove(from);
    owners.remove(from);
    if (payload != null) {
      put(to, owner, payload);
    }
  }

  void delete(ExecutionId owner) {
    owners.values().removeIf(owner::equals);
    payloads.keySet().retainAll(owners.keySet());
  }

  @Nullable Payload get(PayloadRef ref) {
    return payloads.get(ref);
  }

  @Nullable Payload resultOf(TaskRunId id) {
    return get(PayloadRef.resultOf(id));
  }

  List<PayloadPreview> previews(@Nullable Execution execution, int maxBytes) {
    List<PayloadPreview> previews = new ArrayList<>();
    if (execution != null && execution.input() != null) {
      PayloadRef ref = PayloadRef.inputOf(execution.id());
      previews.add(preview(ref, execution.input(), maxBytes));
    }
    owners.forEach(
        (ref, owner) -> {
          if (execution != null && owner.equals(execution.id())) {
            previews.add(preview(ref, Objects.requireNonNull(payloads.get(ref)), maxBytes));
          }
        });
    return Previews.inOrder(previews);
  }

  private static PayloadPreview preview(PayloadRef ref, Payload payload, int maxBytes) {
    byte[] start = Previews.start(payload.bytes(), maxBytes, payload.isJson());
    return new PayloadPreview(ref, payload.mediaType(), payload.size(), start);
  }
}
