package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.testkit.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A worker that claims ahead of its free slots. */
@DisplayName("A worker whose tasks end at once")
class ClaimsAheadTest extends RunnerFixture {
  private static final int SLOTS = 2;

  private List<ExecutionId> startAll(int many, Flows.Flow flow) {
    StartRequest request = StartRequest.builder(flow.save(store)).directory(folder).build();
    List<ExecutionId> all = new ArrayList<>();
    Runner starter = runner();
    for (int i = 0; i < many; i++) {
      all.add(starter.start(request));
    }
    return all;
  }

  @Test
  @DisplayName("claims some ahead, and gives back those for which no slot becomes free")
  void givesBack() {
    store = openSqlite();
    startAll(1_000, flow("fast").priority(1).task("a", "").uses("fast").pool("both"));
    List<ExecutionId> slow = startAll(100, flow("slow").task("a", "").uses("slow").pool("both"));
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger waiting = new AtomicInteger();
    Runner first =
        runner(
            builder()
                .concurrency(SLOTS)
                .pool("both")
                .handler("fast", context -> {})
                .handler(
                    "slow",
                    context -> {
                      waiting.incrementAndGet();
                      release.await();
                    }));
    var work = workInBackground(first);
    Await.until("all slots taken by slow tasks", () -> waiting.get() == SLOTS);
    AtomicInteger done = new AtomicInteger();
    Runner second =
        runner(
            builder()
                .pool("both")
                .handler("fast", context -> {})
                .handler("slow", context -> done.incrementAndGet()));
    var others = workInBackground(second);
    Await.until("the others to be done elsewhere", () -> done.get() == slow.size() - SLOTS);
    assertThat(waiting).hasValue(SLOTS);
    release.countDown();
    first.drain();
    second.drain();
    work.join();
    others.join();
    assertThat(slow).allSatisfy(id -> assertThat(state(id)).isEqualTo(ExecutionState.SUCCEEDED));
    List<String> given = new ArrayList<>();
    for (ExecutionId id : slow) {
      List<String> ends = attemptStates(id, "a");
      assertThat(ends).isIn(List.of("1 SUCCEEDED"), List.of("1 CANCELLED", "2 SUCCEEDED"));
      if (ends.size() == 2) {
        given.add(String.valueOf(attempts(id, "a").get(0).error()));
      }
    }
    assertThat(given)
        .isNotEmpty()
        .containsOnly("was not begun: the tasks before it took longer than expected");
  }

  @Test
  @DisplayName("claims none ahead while it is stopped, and leaves nothing behind")
  void stops() {
    store = openSqlite();
    List<ExecutionId> all = startAll(1_000, flow("fast").task("a", "").uses("fast"));
    AtomicInteger done = new AtomicInteger();
    Runner first =
        runner(builder().concurrency(SLOTS).handler("fast", context -> done.incrementAndGet()));
    var work = workInBackground(first);
    Await.until("some done", () -> done.get() > 200);
    first.stop();
    work.join();
    assertThat(store.leases(100)).isEmpty();
    runner(builder().handler("fast", context -> done.incrementAndGet())).work(true);
    assertThat(all).allSatisfy(id -> assertThat(state(id)).isEqualTo(ExecutionState.SUCCEEDED));
    assertThat(done).hasValue(all.size());
  }
}
