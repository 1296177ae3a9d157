package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import dev.waymark.core.query.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Lists of the children of an execution.
 *
 * @since 0.1.0
 */
public abstract class ChildListContract extends ChildTopic {
  /** For backends that run this topic alone. */
  protected ChildListContract() {}

  @ParameterizedTest
  @EnumSource
  @DisplayName("the children of an execution are a list like any other")
  void lists(Order order) {
    ExecutionId parent = execution();
    TaskRunId first = taskRun(parent);
    TaskRunId second = taskRun(parent);
    List<ExecutionId> children = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      children.add(child(i % 2 == 0 ? first : second));
      ExecutionId unrelated = child(taskRun(execution()));
      assertThat(childrenOf(unrelated, order, Set.of())).isEmpty();
      clock.advance(Duration.ofSeconds(1));
    }
    ExecutionId grandchild = child(taskRun(children.get(3)));
    if (order == Order.NEWEST) {
      Collections.reverse(children);
    }
    assertThat(childrenOf(parent, order, Set.of())).isEqualTo(children);
    end(children.get(1));
    end(children.get(5));
    assertThat(childrenOf(parent, order, Set.of(ExecutionState.SUCCEEDED)))
        .containsExactly(children.get(1), children.get(5));
    assertThat(childrenOf(children.get(3), order, Set.of())).containsExactly(grandchild);
  }

  /** The children, read page by page, with a total that must be right on each page. */
  private List<ExecutionId> childrenOf(
      ExecutionId parent, Order order, Set<ExecutionState> states) {
    ExecutionQuery query =
        ExecutionQuery.builder().parent(parent).states(states).order(order).limit(3).build();
    List<ExecutionId> found = new ArrayList<>();
    Page<Execution> page = store.executions(query);
    long total = page.total();
    while (true) {
      page.items().forEach(each -> found.add(each.id()));
      if (page.next() == null) {
        break;
      }
      page = store.executions(query.after(page.next()));
      assertThat(page.total()).isEqualTo(total);
    }
    assertThat(found).hasSize((int) total);
    Page<Execution> past =
        store.executions(
            ExecutionQuery.builder().parent(parent).states(states).offset(1_000).build());
    assertThat(past.items()).isEmpty();
    assertThat(past.total()).isEqualTo(total);
    return found;
  }
}
