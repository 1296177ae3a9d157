package dev.waymark.runner.internal.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.runner.definition.WorkflowDefinition;
import dev.waymark.runner.internal.start.Definitions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Caches that live as long as a worker have a limit. */
@DisplayName("A cache of a worker")
class BoundedTest {

  @Test
  @DisplayName("has a limit, and keeps the most recently used entry")
  void hasABoundAndWhatWasUsedLastStays() {
    Bounded<Integer, Boolean> map = new Bounded<>(3);
    for (int i = 0; i < 1_000; i++) {
      map.put(i, true);
      map.get(0);
    }
    assertThat(map).containsOnlyKeys(0, 998, 999);
  }

  @Test
  @DisplayName("of definitions is limited by their number and by their length")
  void ofDefinitionsIsBoundedByTheirNumberAndByTheirLength() {
    AtomicInteger read = new AtomicInteger();
    Definitions definitions =
        new Definitions(
            workflow -> {
              read.incrementAndGet();
              return new WorkflowDefinition(
                  workflow.id(), null, Map.of(), Map.of(), Map.of(), null, List.of(), "");
            });
    for (int round = 0; round < 2; round++) {
      for (int i = 1; i <= 10; i++) {
        definitions.of(workflow(i, "short"));
      }
    }
    assertThat(read).as("short ones are read once").hasValue(10);
    for (int round = 0; round < 2; round++) {
      for (int i = 11; i <= 13; i++) {
        definitions.of(workflow(i, "x".repeat(1 << 20)));
      }
    }
    assertThat(read).as("the first of three long ones is evicted").hasValue(16);
    definitions.of(workflow(13, "x".repeat(1 << 20)));
    assertThat(read).hasValue(16);
    for (int round = 0; round < 2; round++) {
      for (int i = 101; i <= 200; i++) {
        definitions.of(workflow(i, "short"));
      }
    }
    assertThat(read).as("of a hundred short ones some are evicted").hasValue(216);
  }

  private static Workflow workflow(int revision, String text) {
    return new Workflow(
        new WorkflowId("flow"), revision, null, Map.of(), Instant.EPOCH, "0".repeat(64), text);
  }
}
