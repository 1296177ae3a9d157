package dev.waymark.runner.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.runner.file.DefinitionReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The order of tasks. */
@DisplayName("The graph of a workflow")
final class TaskGraphTest {
  private static final TaskGraph DIAMOND =
      read("a: {run: x}, b: {run: x, needs: a}, c: {run: x, needs: a}, d: {run: x, needs: [c, b]}");

  @Test
  @DisplayName("knows the needs of a task and the tasks that need it, in the order of the file")
  void looksUp() {
    assertThat(DIAMOND.size()).isEqualTo(4);
    assertThat(names(DIAMOND.roots())).containsExactly("a");
    assertThat(names(DIAMOND.needs(id("d")))).containsExactly("b", "c");
    assertThat(names(DIAMOND.dependants(id("a")))).containsExactly("b", "c");
    assertThat(names(DIAMOND.allDependants(id("a")))).containsExactly("b", "c", "d");
    assertThat(DIAMOND.allDependants(id("d"))).isEmpty();
    assertThat(DIAMOND.task(id("b"))).isNotNull();
    assertThat(DIAMOND.task(id("e"))).isNull();
  }

  @Test
  @DisplayName("keeps the order of a file in which each task comes after its needs")
  void keepsOrder() {
    assertThat(names(DIAMOND.order())).containsExactly("a", "b", "c", "d");
    assertThat(names(read("a: {run: x}, z: {run: x, needs: a}, b: {run: x}").order()))
        .containsExactly("a", "z", "b");
  }

  @Test
  @DisplayName("moves a task forward only as much as the tasks that need it require")
  void sorts() {
    assertThat(
            names(
                read("d: {run: x, needs: [c, b]}, e: {run: x}, b: {run: x, needs: a}, c: {run: x}, a: {run: x}")
                    .order()))
        .containsExactly("a", "b", "c", "d", "e");
  }

  @Test
  @DisplayName("puts each of many tasks after its needs, in any order of the file")
  void sortsRandomGraphs() {
    long seed = 20_240_501;
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      TaskGraph graph = TaskGraph.of(workflow(shuffled(random, 60)));
      Set<TaskId> placed = new HashSet<>();
      for (TaskId task : graph.order()) {
        assertThat(placed)
            .as("seed %d, round %d, task %s", seed, round, task)
            .containsAll(graph.needs(task));
        placed.add(task);
      }
      assertThat(placed).hasSize(60);
    }
  }

  @Test
  @Timeout(20)
  @DisplayName("handles a chain of 10,000 tasks, and a task with 10,000 neighbours")
  void copesWithManyTasks() {
    List<TaskDefinition> chain =
        IntStream.range(0, 10_000)
            .mapToObj(i -> task("t" + i, i == 9_999 ? List.of() : List.of("t" + (i + 1))))
            .toList();
    TaskGraph graph = TaskGraph.of(workflow(chain));
    assertThat(graph.order().get(0)).isEqualTo(id("t9999"));
    assertThat(graph.allDependants(id("t9999"))).hasSize(9_999);

    List<TaskDefinition> star =
        IntStream.range(0, 10_000)
            .mapToObj(i -> task("t" + i, i == 0 ? List.of() : List.of("t0")))
            .toList();
    assertThat(TaskGraph.of(workflow(star)).dependants(id("t0"))).hasSize(9_999);
  }

  @Test
  @DisplayName("has the tasks of all stages, one stage after the other")
  void holdsAllStages() {
    TaskGraph graph =
        TaskGraph.of(
            new DefinitionReader()
                .read(
                    "f",
                    "id: x\nfinally: {e: {run: x, needs: d}, d: {run: x}}\non-failure: {c: {run: x}}\ntasks: {b: {run: x, needs: a}, a: {run: x}}\n"));
    assertThat(names(graph.order())).containsExactly("a", "b", "c", "d", "e");
    assertThat(names(graph.roots())).containsExactly("a", "c", "d");
    assertThat(names(graph.dependants(id("d")))).containsExactly("e");
    assertThat(graph.allDependants(id("c"))).isEmpty();
  }

  @Test
  @DisplayName("cannot be created from an inconsistent definition that no reader has checked")
  void refusesNonsense() {
    refused("needs itself by way of others", task("a", List.of("b")), task("b", List.of("a")));
    refused("needs itself by way of others", task("a", List.of("a")));
    refused("which is not a task of workflow x", task("a", List.of("b")));
    refused(
        "task a needs b, which is not a task under \"finally\" of workflow x",
        task("a", List.of("b")).withStage(Stage.FINALLY),
        task("b", List.of()));
    refused("has task a twice", task("a", List.of()), task("a", List.of()));
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> DIAMOND.needs(id("e")))
        .withMessageContaining("there is no task e");
  }

  private static void refused(String message, TaskDefinition... tasks) {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> TaskGraph.of(workflow(List.of(tasks))))
        .withMessageContaining(message);
  }

  /** Tasks that need some of those with lower numbers, in any order. */
  private static List<TaskDefinition> shuffled(Random random, int size) {
    List<TaskDefinition> tasks = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int number = i;
      tasks.add(
          task(
              "t" + i,
              IntStream.range(0, i)
                  .filter(other -> random.nextInt(number) < 3)
                  .mapToObj(other -> "t" + other)
                  .toList()));
    }
    Collections.shuffle(tasks, random);
    return tasks;
  }

  private static TaskGraph read(String tasks) {
    return TaskGraph.of(new DefinitionReader().read("f", "id: x\ntasks: {" + tasks + "}\n"));
  }

  private static WorkflowDefinition workflow(List<TaskDefinition> tasks) {
    return new WorkflowDefinition(
        new WorkflowId("x"), null, Map.of(), Map.of(), Map.of(), null, tasks, "");
  }

  private static TaskDefinition task(String id, List<String> needs) {
    return new TaskDefinition(
        id(id),
        needs.stream().map(TaskId::new).toList(),
        "x",
        null,
        Map.of(),
        Map.of(),
        null,
        null,
        RetryPolicy.NONE);
  }

  private static TaskId id(String id) {
    return new TaskId(id);
  }

  private static List<String> names(Collection<TaskId> ids) {
    return ids.stream().map(TaskId::value).toList();
  }
}
