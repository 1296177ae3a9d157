package dev.waymark.runner;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.StateStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records the answers of the store to renewals. */
final class Renewals {
  final List<RefusedException> refused = new CopyOnWriteArrayList<>();
  final List<AttemptId> notRenewed = new CopyOnWriteArrayList<>();
  private final List<Map<AttemptId, Boolean>> answers = new CopyOnWriteArrayList<>();

  /** Whether a change set renews a lease. */
  static boolean isRenewal(ChangeSet changes) {
    return changes.changes().stream().anyMatch(change -> change instanceof Change.RenewLease);
  }

  /** Returns the store, with its answers recorded. */
  StateStore of(StateStore store) {
    return (StateStore)
        Proxy.newProxyInstance(
            StateStore.class.getClassLoader(),
            new Class<?>[] {StateStore.class},
            (proxy, method, arguments) -> {
              try {
                Object answer = method.invoke(store, arguments);
                if (answer instanceof CommitResult result && isRenewal((ChangeSet) arguments[0])) {
                  add((ChangeSet) arguments[0], result);
                }
                return answer;
              } catch (InvocationTargetException e) {
                if (e.getCause() instanceof RefusedException refusal
                    && isRenewal((ChangeSet) arguments[0])) {
                  refused.add(refusal);
                }
                throw e.getCause();
              }
            });
  }

  private void add(ChangeSet changes, CommitResult result) {
    Map<AttemptId, Boolean> renewed = new LinkedHashMap<>();
    for (int i = 0; i < result.outcomes().size(); i++) {
      if (changes.changes().get(i) instanceof Change.RenewLease renewal) {
        renewed.put(renewal.id(), result.outcomes().get(i).changed());
      }
    }
    answers.add(renewed);
    renewed.forEach(
        (id, isRenewed) -> {
          if (!isRenewed) {
            notRenewed.add(id);
          }
        });
  }

  /** Whether a renewal of this attempt was refused, or answered as not renewed. */
  boolean isAnswered(AttemptId id) {
    return notRenewed.contains(id) || !refused.isEmpty();
  }

  /** The attempts that were renewed by the commit that did not renew this one. */
  List<AttemptId> renewedBeside(AttemptId id) {
    return answers.stream()
        .filter(each -> Boolean.FALSE.equals(each.get(id)))
        .flatMap(each -> each.entrySet().stream())
        .filter(Map.Entry::getValue)
        .map(Map.Entry::getKey)
        .toList();
  }
}
