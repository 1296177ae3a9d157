package dev.waymark.jdbc.internal.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.internal.submit.Submission;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Limits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Groups that are in flight at the same time")
class InFlightGroupsTest {
  private static final Ids IDS = Ids.system();
  private static final ExecutionId UNKNOWN = IDS.executionId();

  private final ExecutionId one = IDS.executionId();
  private final ExecutionId other = IDS.executionId();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** Groups that have begun, in order, and how many of them may end. */
  private final List<List<ExecutionId>> begun = Collections.synchronizedList(new ArrayList<>());

  private final Semaphore mayEnd = new Semaphore(0);
  private final Semaphore hasBegun = new Semaphore(0);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** The executions of a change set; unknown if it contains the unknown one. */
  private static @Nullable Set<Object> footprint(ChangeSet changes) {
    Set<Object> named =
        changes.changes().stream()
            .map(change -> ((Change.UpdateExecution) change).id())
            .collect(Collectors.toSet());
    return named.contains(UNKNOWN) ? null : named;
  }

  private GroupCommitter held(int most) {
    return new GroupCommitter(
        group -> {
          begun.add(group.stream().map(ticket -> execution(ticket.submission())).toList());
          hasBegun.release();
          mayEnd.acquireUninterruptibly();
          group.forEach(InFlightGroupsTest::answer);
        },
        new Turns(most),
        new InFlightGroups(most, InFlightGroupsTest::footprint),
        Limits.defaults());
  }

  private static void answer(Ticket ticket) {
    ticket.succeed(new CommitResult(ticket.submission().changes().id(), Instant.EPOCH, List.of()));
  }

  private static ExecutionId execution(Submission submission) {
    return ((Change.UpdateExecution) submission.changes().changes().get(0)).id();
  }

  private static Submission submission(ExecutionId id) {
    ChangeSet changes =
        ChangeSet.builder(IDS.commitId()).updateExecution(id, ExecutionState.RUNNING).build();
    return Submission.of(changes, Instant.EPOCH, Limits.defaults());
  }

  private void awaitBegun() throws InterruptedException {
    assertThat(hasBegun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
  }

  private static void awaitAnswers(List<? extends Future<?>> answers) throws Exception {
    for (Future<?> answer : answers) {
      assertThat(answer.get(10, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  @DisplayName("touch different executions")
  void different() throws Exception {
    GroupCommitter committer = held(2);
    List<Future<?>> answers = new ArrayList<>();
    answers.add(threads.submit(() -> committer.commit(submission(one))));
    awaitBegun();
    answers.add(committer.commitAsync(submission(other)));
    awaitBegun();
    mayEnd.release(2);
    awaitAnswers(answers);
    assertThat(begun).containsExactly(List.of(one), List.of(other));
  }

  @Test
  @DisplayName("are at most as many as the database takes")
  void noMore() throws Exception {
    GroupCommitter committer = held(2);
    List<Future<?>> answers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      answers.add(committer.commitAsync(submission(IDS.executionId())));
      awaitBegun();
    }
    answers.add(committer.commitAsync(submission(one)));
    answers.add(committer.commitAsync(submission(other)));
    assertThat(begun).hasSize(2);
    mayEnd.release(3);
    awaitAnswers(answers);
    assertThat(begun).hasSize(3).endsWith(List.of(one, other));
  }

  @Test
  @DisplayName("are followed by those that touch the same, and by all that were submitted later")
  void same() throws Exception {
    GroupCommitter committer = held(2);
    List<Future<?>> answers = new ArrayList<>();
    answers.add(committer.commitAsync(submission(one)));
    awaitBegun();
    answers.add(committer.commitAsync(submission(one)));
    answers.add(committer.commitAsync(submission(other)));
    assertThat(begun).hasSize(1);
    mayEnd.release(2);
    awaitAnswers(answers);
    assertThat(begun).containsExactly(List.of(one), List.of(one, other));
  }

  @Test
  @DisplayName("exclude a group with unknown records: it is in flight alone")
  void unknown() throws Exception {
    GroupCommitter committer = held(2);
    List<Future<?>> answers = new ArrayList<>();
    answers.add(committer.commitAsync(submission(one)));
    awaitBegun();
    answers.add(committer.commitAsync(submission(UNKNOWN)));
    assertThat(begun).hasSize(1);
    mayEnd.release();
    awaitBegun();
    answers.add(committer.commitAsync(submission(other)));
    assertThat(begun).hasSize(2);
    mayEnd.release(2);
    awaitAnswers(answers);
    assertThat(begun).containsExactly(List.of(one), List.of(UNKNOWN), List.of(other));
  }

  @Test
  @DisplayName("start when they are as large as the one in flight, and else wait for its end")
  void large() throws Exception {
    GroupCommitter committer = held(2);
    List<Future<?>> answers = new ArrayList<>();
    answers.add(committer.commitAsync(submission(UNKNOWN)));
    awaitBegun();
    for (int i = 0; i < 3; i++) {
      answers.add(committer.commitAsync(submission(IDS.executionId())));
    }
    mayEnd.release();
    awaitBegun();
    for (int i = 0; i < 2; i++) {
      answers.add(committer.commitAsync(submission(IDS.executionId())));
    }
    assertThat(begun).hasSize(2);
    answers.add(committer.commitAsync(submission(IDS.executionId())));
    awaitBegun();
    mayEnd.release(2);
    awaitAnswers(answers);
    assertThat(begun).extracting(List::size).containsExactly(1, 3, 3);
  }

  @Test
  @DisplayName("never touch the same execution, keep its order, and leave no change set behind")
  void manyThreads() throws Exception {
    List<ExecutionId> executions =
        new ArrayList<>(Stream.generate(IDS::executionId).limit(20).toList());
    executions.add(UNKNOWN);
    Map<ExecutionId, Integer> last = new ConcurrentHashMap<>();
    Map<Submission, Integer> numbers = new ConcurrentHashMap<>();
    Map<ExecutionId, AtomicInteger> next = new ConcurrentHashMap<>();
    Set<ExecutionId> flying = new HashSet<>();
    AtomicInteger groups = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<String> faults = Collections.synchronizedList(new ArrayList<>());
    GroupCommitter committer =
        new GroupCommitter(
            group -> {
              most.accumulateAndGet(groups.incrementAndGet(), Math::max);
              Set<ExecutionId> touched =
                  group.stream()
                      .map(ticket -> execution(ticket.submission()))
                      .collect(Collectors.toSet());
              synchronized (flying) {
                if (!Collections.disjoint(flying, touched)
                    || (touched.contains(UNKNOWN) && !flying.isEmpty())
                    || flying.contains(UNKNOWN)) {
                  faults.add(touched + " beside " + flying);
                }
                flying.addAll(touched);
              }
              for (Ticket ticket : group) {
                Integer number = numbers.get(ticket.submission());
                Integer before = last.put(execution(ticket.submission()), number);
                if (before != null && before >= number) {
                  faults.add(number + " after " + before);
                }
              }
              Thread.yield();
              synchronized (flying) {
                flying.removeAll(touched);
              }
              groups.decrementAndGet();
              group.forEach(InFlightGroupsTest::answer);
            },
            new Turns(3),
            new InFlightGroups(3, InFlightGroupsTest::footprint),
            Limits.defaults());
    int workers = 8;
    CyclicBarrier start = new CyclicBarrier(workers);
    List<Future<?>> done = new ArrayList<>();
    for (int w = 0; w < workers; w++) {
      Random random = new Random(w);
      done.add(
          threads.submit(
              () -> {
                start.await(10, TimeUnit.SECONDS);
                List<CompletableFuture<?>> answers = new ArrayList<>();
                for (int i = 0; i < 2_000; i++) {
                  ExecutionId id = executions.get(random.nextInt(executions.size()));
                  Submission submission = submission(id);
                  if (random.nextInt(3) > 0) {
                    // In the order of the numbers only if nothing comes in between.
                    synchronized (next.computeIfAbsent(id, any -> new AtomicInteger())) {
                      numbers.put(submission, next.get(id).incrementAndGet());
                      answers.add(committer.commitAsync(submission));
                    }
                  } else {
                    ExecutionId own = IDS.executionId();
                    Submission alone = submission(own);
                    numbers.put(alone, 1);
                    committer.commit(alone);
                  }
                }
                awaitAnswers(answers);
                return answers.size();
              }));
    }
    for (Future<?> each : done) {
      each.get(60, TimeUnit.SECONDS);
    }
    assertThat(faults).isEmpty();
    assertThat(most.get()).isBetween(2, 3);
  }
}
