package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.base.ContractTest;
import dev.waymark.testkit.contract.base.Parallel;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Labels that are changed after the start of an execution.
 *
 * @since 0.1.0
 */
public abstract class LabelContract extends ContractTest {
  private static final int MAX_LABELS = 40;

  /** For backends that run this topic alone. */
  protected LabelContract() {}

  @Override
  protected Limits limits() {
    return Limits.builder().maxLabels(MAX_LABELS).maxLabelValueBytes(20).build();
  }

  private ExecutionId labelled(Map<String, String> labels) {
    ExecutionId id = ids.executionId();
    store.createExecution(
        new NewExecution(id, flow(), null, labels, Payload.json("{\"a\": \"b\"}")));
    return id;
  }

  private List<ExecutionId> with(String name, String value) {
    Page<Execution> page = store.executions(ExecutionQuery.builder().label(name, value).build());
    assertThat(page.total()).isEqualTo(page.items().size());
    return page.items().stream().map(Execution::id).toList();
  }

  @Test
  @DisplayName("are set, replaced and removed; the others, the input and the version stay")
  void changed() {
    ExecutionId id = labelled(Map.of("team", "data", "tier", "1", "old", "x"));
    Execution before = stored(id);
    ChangeSet changes =
        changes()
            .add(
                new Change.SetLabels(id, Map.of("tier", "2", "new", "\u00e9"), Set.of("old", "no")))
            .build();
    assertThat(store.commit(changes).outcomes())
        .containsExactly(new Outcome(RecordRef.of(id), 1, true));
    Execution after = stored(id);
    assertThat(after.labels()).isEqualTo(Map.of("team", "data", "tier", "2", "new", "\u00e9"));
    assertThat(after.input()).isEqualTo(before.input());
    assertThat(after.version()).isEqualTo(1);
    assertThat(details(id).history()).hasSize(1);
    assertThat(store.commit(changes).outcomes().get(0).changed()).isTrue();
  }

  @Test
  @DisplayName("are found by their new values, and no longer by the old ones")
  void found() {
    ExecutionId one = labelled(Map.of("team", "data"));
    ExecutionId two = execution();
    store.commit(
        changes()
            .setLabels(one, Map.of("team", "ops"))
            .setLabels(two, Map.of("team", "data"))
            .build());
    assertThat(with("team", "data")).containsExactly(two);
    assertThat(with("team", "ops")).containsExactly(one);
    store.commit(changes().removeLabels(two, "team").build());
    assertThat(with("team", "data")).isEmpty();
    assertThat(stored(two).labels()).isEmpty();
    assertThat(stored(two).input()).isNull();
  }

  @ParameterizedTest(name = "(in {0})")
  @EnumSource(ExecutionState.class)
  @DisplayName("can be changed in every state")
  void always(ExecutionState state) {
    ExecutionId id = executionIn(state);
    store.commit(changes().setLabels(id, Map.of("seen", "yes")).build());
    assertThat(with("seen", "yes")).containsExactly(id);
  }

  @Test
  @DisplayName("of a new execution can be changed in the same change set, and again")
  void together() {
    ExecutionId id = ids.executionId();
    flow();
    store.commit(
        changes()
            .createExecution(new NewExecution(id, FLOW, null, Map.of("a", "1"), Map.of()))
            .setLabels(id, Map.of("a", "2", "b", "2"))
            .removeLabels(id, "b")
            .setLabels(id, Map.of("c", "3"))
            .build());
    assertThat(stored(id).labels()).isEqualTo(Map.of("a", "2", "c", "3"));
    assertThat(with("a", "1")).isEmpty();
    assertThat(with("a", "2")).containsExactly(id);
  }

  @Test
  @DisplayName("that are the same already change nothing; a repeated start changes nothing either")
  void unchanged() {
    NewExecution request =
        new NewExecution(ids.executionId(), flow(), null, Map.of("a", "1"), Map.of());
    ExecutionId id = request.id();
    store.createExecution(request);
    assertThat(
            store
                .commit(changes().setLabels(id, Map.of("a", "1")).build())
                .outcomes()
                .get(0)
                .changed())
        .isFalse();
    assertThat(store.commit(changes().removeLabels(id, "b").build()).outcomes().get(0).changed())
        .isFalse();
    store.commit(changes().setLabels(id, Map.of("a", "2")).build());
    assertThat(store.createExecution(request).changed()).isFalse();
    assertThat(stored(id).labels()).isEqualTo(Map.of("a", "2"));
  }

  @Test
  @DisplayName("of several writers at once are all kept")
  void concurrent() {
    ExecutionId id = execution();
    StateStore other = openAnother();
    Parallel.run(
        4,
        thread -> {
          StateStore own = thread % 2 == 0 ? store : other;
          for (int i = 0; i < 10; i++) {
            own.commit(
                ChangeSet.builder().setLabels(id, Map.of("l-" + thread + "-" + i, "x")).build());
          }
          return thread;
        });
    assertThat(stored(id).labels()).hasSize(40);
  }

  @Test
  @DisplayName("have limits and valid names, and belong to an execution that exists")
  void badInput() {
    ExecutionId id = labelled(Map.of("team", "data"));
    invalid(() -> set(id, Map.of("two words", "x")), "label name", "letters");
    invalid(() -> set(id, Map.of("a", "x".repeat(21))), "maxLabelValueBytes", "21");
    invalid(() -> new Change.SetLabels(id, Map.of("a", "x"), Set.of("a")), "[a]", "both");
    Map<String, String> many = new TreeMap<>();
    for (int i = 0; i < MAX_LABELS; i++) {
      many.put("n" + i, "x");
    }
    invalid(() -> set(id, many), "maxLabels", Integer.toString(MAX_LABELS));
    ExecutionId unknown = ids.executionId();
    refusedFor(RecordRef.of(unknown), Reason.NOT_FOUND, () -> set(unknown, Map.of("a", "x")));
    assertThat(stored(id).labels()).isEqualTo(Map.of("team", "data"));
  }

  private void set(ExecutionId id, Map<String, String> labels) {
    store.commit(changes().setLabels(id, labels).build());
  }
}
