package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ExecutionQuery;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Order;
import dev.waymark.core.store.PageRequest;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.InMemoryStateStore;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Side by side with the reference store: the same change sets get the same answers, refusals word
 * by word, and leave the same records.
 */
public abstract class ReferenceContract extends ContractTest {
  private static final int STEPS = 200;

  /** For backends that run this topic alone. */
  protected ReferenceContract() {}

  @Override
  Limits limits() {
    return Limits.builder().maxTaskRuns(5).maxAttempts(4).maxErrorBytes(20).build();
  }

  @ParameterizedTest(name = "(seed {0})")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  @DisplayName("random change sets fare as in the reference store")
  void sameAsReference(long seed) {
    Random random = new Random(seed);
    StateStore reference = new InMemoryStateStore(clock, limits());
    RandomChanges source = new RandomChanges(reference, random);
    saveAll(source, reference);
    int accepted = 0;
    for (int step = 0; step < STEPS; step++) {
      ChangeSet changes = source.next();
      String expected = answer(reference, changes);
      assertThat(answer(store, changes))
          .as("seed %d, step %d: %s", seed, step, changes)
          .isEqualTo(expected);
      accepted += expected.startsWith("CommitResult") ? 1 : 0;
      clock.advance(Duration.ofNanos(random.nextInt(3) * 700L));
      if (step % 20 == 19) {
        assertSameRecords(reference, source);
      }
    }
    assertThat(accepted).as("accepted change sets").isBetween(STEPS / 4, STEPS * 9 / 10);
  }

  private void saveAll(RandomChanges source, StateStore reference) {
    for (WorkflowId id : source.workflows()) {
      store.saveWorkflow(new NewWorkflow(id, "x"));
      reference.saveWorkflow(new NewWorkflow(id, "x"));
    }
  }

  private static String answer(StateStore store, ChangeSet changes) {
    try {
      return store.commit(changes).toString();
    } catch (WaymarkException e) {
      return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
  }

  private void assertSameRecords(StateStore reference, RandomChanges source) {
    PageRequest page = PageRequest.first(1_000);
    assertThat(store.workflows(page)).isEqualTo(reference.workflows(page));
    source
        .workflows()
        .forEach(
            id ->
                assertThat(store.workflowHistory(id, page))
                    .isEqualTo(reference.workflowHistory(id, page)));
    for (ExecutionId id : source.executions()) {
      assertThat(store.executionDetails(id)).isEqualTo(reference.executionDetails(id));
      assertThat(store.history(id, page)).isEqualTo(reference.history(id, page));
    }
    Stream.of(Order.values())
        .map(order -> ExecutionQuery.builder().order(order).limit(7).offset(2).build())
        .forEach(
            query -> assertThat(store.executions(query)).isEqualTo(reference.executions(query)));
    for (RecordKind kind :
        new RecordKind[] {RecordKind.WORKFLOW, RecordKind.EXECUTION, RecordKind.TASK_RUN}) {
      assertThat(store.idsStartingWith(kind, "", 1_000))
          .isEqualTo(reference.idsStartingWith(kind, "", 1_000));
    }
  }
}
